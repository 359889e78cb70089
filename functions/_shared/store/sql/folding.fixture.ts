import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { aRecord } from '../contract/record.fixture.ts';
import { describeUsage } from '../contract/usage.fixture.ts';
import type { Store } from '../store.ts';
import { foldAll } from './folding.ts';
import { maintain, type OpenedStore } from './maintenance/opened.fixture.ts';
import { createRollups } from './rollups.ts';

const minuteMs = 60_000;
const everything = () => ({ from: 0, to: Date.now() + 60 * minuteMs });

const pendingIn = async ({ db }: OpenedStore): Promise<number> =>
  (await db.selectFrom('pending_rollups').select('minute').execute()).length;

const callsIn = async ({ store }: OpenedStore): Promise<number> =>
  (await store.usage.totals({ range: everything(), filter: {} })).calls;

/** Rows that are folded at each turn: none, a few, all. */
const turns = [0, 1, 0, 7, 3, 0, 2, 1000, 0, 5, 1];

/** A store that folds something, more or less of what is pending, before each of its answers. */
function foldingStore({ store, db, dialect }: OpenedStore): Store {
  const rollups = createRollups(dialect);
  let turn = 0;
  const afterFolding =
    <Given extends unknown[], Result>(run: (...given: Given) => Promise<Result>) =>
    async (...given: Given): Promise<Result> => {
      const limit = turns[turn++ % turns.length] as number;
      await db.transaction().execute((transaction) => rollups.foldIn(transaction, { limit }));
      return run(...given);
    };
  const { requestLogs, usage } = store;
  return {
    ...store,
    requestLogs: { ...requestLogs, book: afterFolding(requestLogs.book) },
    usage: {
      totals: afterFolding(usage.totals),
      series: afterFolding(usage.series),
      rank: afterFolding(usage.rank),
    },
  };
}

/** How what is booked comes into the rollups, on every database of SQL's. */
export function describeFolding(driver: string, open: () => Promise<OpenedStore>): void {
  describe(`folding on ${driver}`, { timeout: 60_000 }, () => {
    describe('at any moment', async () => {
      const opened = await open();
      const store = foldingStore(opened);
      afterAll(() => opened.store.close());
      describeUsage(() => store);
    });

    test('minutes that are over are folded, the one that goes on only if it is much', async () => {
      const opened = await open();
      const { store, db } = opened;
      const past = Date.now() - 10 * minuteMs;
      await store.requestLogs.book(
        Array.from({ length: 450 }, (_, index) =>
          aRecord({ started_at: past, key_id: `k${index}`, tags: ['a', 'b'] }),
        ),
      );
      // Whose minute does not end within the test.
      const ahead = Date.now() + 10 * minuteMs;
      await store.requestLogs.book([aRecord({ started_at: ahead })]);
      expect(await pendingIn(opened)).toBe(451);
      await maintain(opened);
      expect(await pendingIn(opened)).toBe(1);
      const rows = await db.selectFrom('rollups').select('calls').execute();
      expect(rows.length).toBeGreaterThan(450);
      expect(await callsIn(opened)).toBe(451);

      for (let from = 0; from < 2200; from += 550) {
        await store.requestLogs.book(
          Array.from({ length: 550 }, (_, index) =>
            aRecord({ started_at: ahead, key_id: `m${from + index}` }),
          ),
        );
      }
      expect(await pendingIn(opened)).toBe(2201);
      await maintain(opened);
      const left = await pendingIn(opened);
      expect(left).toBeLessThanOrEqual(2000);
      expect(left).toBeGreaterThan(1500);
      expect(await callsIn(opened)).toBe(2651);
      await opened.store.close();
    });

    test('where nobody folds, who books does, before too much is pending', async () => {
      const opened = await open();
      let most = 0;
      for (let batch = 0; batch < 12; batch++) {
        await opened.store.requestLogs.book(
          Array.from({ length: 500 }, (_, index) =>
            aRecord({ key_id: `k${batch}-${index}`, user_id: `u${index}` }),
          ),
        );
        most = Math.max(most, await pendingIn(opened));
      }
      expect(most).toBeGreaterThan(3000);
      expect(most).toBeLessThanOrEqual(4500);
      expect(await callsIn(opened)).toBe(6000);
      await opened.store.close();
    });

    test('who looks while others book and fold sees each call once', async () => {
      const opened = await open();
      const { store, db, dialect } = opened;
      const [batches, size] = [60, 20];
      let [begun, acknowledged, booking] = [0, 0, 3];
      const book = async (booker: number) => {
        for (let batch = 0; batch < batches; batch++) {
          begun += size;
          await store.requestLogs.book(
            Array.from({ length: size }, (_, index) =>
              aRecord({
                key_id: `k${(index * batch) % 7}`,
                user_id: `u${booker}`,
                tags: index % 3 ? [] : ['a', 'b'],
              }),
            ),
          );
          acknowledged += size;
        }
      };
      const fold = async () => {
        const rollups = createRollups(dialect);
        for (let turn = 0; booking > 0; turn++) {
          await db
            .transaction()
            .execute((transaction) => rollups.foldIn(transaction, { limit: 1 + (turn % 9) }));
          // Who waits for a file's lock sleeps, and never finds it free if it is taken again at once.
          await delay(3);
        }
      };
      let looks = 0;
      const look = async (callsNow: () => Promise<number>) => {
        while (booking > 0) {
          const before = acknowledged;
          const calls = await callsNow();
          expect(calls).toBeGreaterThanOrEqual(before);
          expect(calls).toBeLessThanOrEqual(begun);
          looks++;
        }
      };
      const asked = () => ({ range: everything(), filter: {} });
      const sumOf = (parts: { calls: number }[]) =>
        parts.reduce((sum, { calls }) => sum + calls, 0);
      await Promise.all([
        ...[1, 2, 3].map((booker) => book(booker).finally(() => booking--)),
        fold(),
        fold(),
        look(() => callsIn(opened)),
        look(async () => sumOf(await store.usage.rank({ ...asked(), by: 'key_id', limit: 100 }))),
        look(async () => {
          const range = { from: Date.now() - 30 * minuteMs, to: Date.now() + 30 * minuteMs };
          const query = { range, filter: {}, step: 'minute', time_zone: 'UTC' } as const;
          return sumOf(await store.usage.series(query));
        }),
      ]);
      expect(looks).toBeGreaterThan(3);
      const total = 3 * batches * size;
      expect(await callsIn(opened)).toBe(total);
      await db.transaction().execute((transaction) => foldAll(transaction, createRollups(dialect)));
      expect(await pendingIn(opened)).toBe(0);
      expect(await callsIn(opened)).toBe(total);
      await store.close();
    });
  });
}
