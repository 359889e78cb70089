import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { aRecord } from '../../contract/record.fixture.ts';
import type { BookableRecord } from '../../request-logs.ts';
import { withPreviews } from '../log-rows.ts';
import { firstSeqAt } from '../seq.ts';
import { createJoining } from './join-blocks.ts';
import { maintain, type OpenedStore } from './opened.fixture.ts';
import { createPayloadRetention } from './payload-retention.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

let lastRecord = 0;

function aTalk(started_at: number, length = 300): BookableRecord {
  const number = ++lastRecord;
  const text = `talk${number} ${'lorem ipsum dolor '.repeat(length / 18)}`;
  return aRecord(
    {
      started_at,
      request: { messages: [{ role: 'user', content: text }] },
      response: { choices: [{ message: { content: `answer${number}` } }] },
    },
    `talk-${number}`,
  );
}

const blocksOf = ({ db }: OpenedStore) =>
  db.selectFrom('payload_blocks').select(['records', 'joinable']).orderBy('newest').execute();

async function expectWhole({ store }: OpenedStore, records: BookableRecord[]) {
  for (const { id, data } of records) {
    const found = await store.requestLogs.find(id);
    expect(found, id).toMatchObject({ request: data.request, response: data.response });
    expect(found?.request_preview, id).toMatch(/talk/);
  }
}

/** How small blocks of payloads become large ones, on every database of SQL's. */
export function describeJoining(driver: string, open: () => Promise<OpenedStore>): void {
  describe(`joining on ${driver}`, { timeout: 60_000 }, () => {
    test('single records of an hour become full blocks, read and found as before', async () => {
      const opened = await open();
      const { store } = opened;
      const begin = Date.now() - 3 * hourMs;
      const records = Array.from({ length: 120 }, (_, index) => aTalk(begin + index * 1000));
      for (const record of records) await store.requestLogs.book([record]);
      expect(await blocksOf(opened)).toHaveLength(120);
      await maintain(opened);
      expect(await blocksOf(opened)).toEqual([
        { records: 50, joinable: 0 },
        { records: 50, joinable: 0 },
        { records: 20, joinable: 0 },
      ]);
      await expectWhole(opened, records);
      const page = await store.requestLogs.list({
        range: { from: begin, to: Date.now() },
        filter: { text: records[60]?.data.response ? `answer${records[60].id.slice(5)}` : '' },
        limit: 5,
      });
      expect(page.rows.map(({ id }) => id)).toEqual([records[60]?.id]);
      await store.close();
    });

    test('a block waits for its hour to end, and stays as it is where nothing else came', async () => {
      const opened = await open();
      const { store } = opened;
      const alone = aTalk(Date.now() - 20 * minuteMs);
      await store.requestLogs.book([alone]);
      await maintain(opened);
      expect(await blocksOf(opened)).toEqual([{ records: 1, joinable: 1 }]);
      vi.setSystemTime(Date.now() + 2 * hourMs);
      await maintain(opened).finally(() => vi.useRealTimers());
      expect(await blocksOf(opened)).toEqual([{ records: 1, joinable: 0 }]);
      await expectWhole(opened, [alone]);
      await store.close();
    });

    test('large bodies fill a block before fifty do', async () => {
      const opened = await open();
      const { store } = opened;
      const begin = Date.now() - 3 * hourMs;
      const records = Array.from({ length: 7 }, (_, index) => aTalk(begin + index, 100_000));
      for (const record of records) await store.requestLogs.book([record]);
      await maintain(opened);
      expect(await blocksOf(opened)).toEqual([
        { records: 2, joinable: 0 },
        { records: 2, joinable: 0 },
        { records: 2, joinable: 0 },
        { records: 1, joinable: 0 },
      ]);
      await expectWhole(opened, records);
      await store.close();
    });

    test('one that cannot be read stays by itself, and holds up no other', async () => {
      const opened = await open();
      const { store, db } = opened;
      const begin = Date.now() - 3 * hourMs;
      const records = Array.from({ length: 9 }, (_, index) => aTalk(begin + index * 1000));
      for (const record of records) await store.requestLogs.book([record]);
      await db
        .updateTable('payload_blocks')
        .set({ bytes: Buffer.from('no zstd') })
        .where('block_id', '>=', firstSeqAt(begin + 4000))
        .where('block_id', '<', firstSeqAt(begin + 5000))
        .execute();
      await maintain(opened);
      expect(await blocksOf(opened)).toEqual([
        { records: 4, joinable: 0 },
        { records: 1, joinable: 0 },
        { records: 4, joinable: 0 },
      ]);
      await expectWhole(opened, [...records.slice(0, 4), ...records.slice(5)]);
      await store.close();
    });

    test('whatever order bookings, joins and deletions come in, what is kept is whole', async () => {
      const opened = await open();
      const { store, db, dialect } = opened;
      let keptFrom = 0;
      const joining = createJoining(db, dialect, () => 0);
      const retention = createPayloadRetention(db, () => firstSeqAt(keptFrom));
      const dayMs = 24 * hourMs;
      const aTime = fc.integer({ min: 0, max: 3 * hourMs });
      const operation = fc.oneof(
        { weight: 6, arbitrary: fc.array(aTime, { minLength: 1, maxLength: 30 }) },
        { weight: 3, arbitrary: fc.constant('join' as const) },
        { weight: 1, arbitrary: aTime },
      );
      let begin = Date.now() - 1000 * dayMs;
      await fc.assert(
        fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async (operations) => {
          begin += dayMs;
          const booked: BookableRecord[] = [];
          // In twos, so that each meets another on its way.
          for (let index = 0; index < operations.length; index += 2) {
            await Promise.all(
              operations.slice(index, index + 2).map(async (next) => {
                if (next === 'join') return joining.step();
                if (typeof next === 'number') {
                  keptFrom = Math.max(keptFrom, begin + next);
                  return retention.step();
                }
                const records = next.map((time) => aTalk(begin + time));
                booked.push(...records);
                return store.requestLogs.book(records);
              }),
            );
          }
          while ((await joining.step()).more);
          const kept = booked.filter(({ data }) => data.started_at >= keptFrom);
          await expectWhole(opened, kept);
          const left = await blocksOf(opened);
          expect(left.filter(({ joinable }) => joinable === 1)).toEqual([]);
          const signatures = await db.selectFrom('search_signatures').select('newest').execute();
          expect(signatures).toHaveLength(left.length);
        }),
        { numRuns: 15 },
      );
      await store.close();
    });

    test('rows that were read before their blocks were joined have their previews', async () => {
      const opened = await open();
      const { store, db } = opened;
      const begin = Date.now() - 3 * hourMs;
      for (let index = 0; index < 60; index++) {
        await store.requestLogs.book([aTalk(begin + index * 1000)]);
      }
      const rows = await db.selectFrom('request_logs').selectAll().orderBy('seq').execute();
      await maintain(opened);
      // Without the first, whose block has the number of the one that they are in now.
      const whole = await withPreviews(db, rows.slice(1, 50));
      expect(whole).toHaveLength(49);
      expect(whole.filter((row) => !/talk/.test(row.request_preview))).toEqual([]);
      await store.close();
    });

    test('who reads while blocks are joined misses nothing', async () => {
      const opened = await open();
      const { store, db, dialect } = opened;
      const begin = Date.now() - 3 * hourMs;
      const records = Array.from({ length: 200 }, (_, index) => aTalk(begin + index * 1000));
      for (const record of records) await store.requestLogs.book([record]);
      const joining = createJoining(db, dialect, () => 0);
      let isJoining = true;
      const join = async () => {
        while ((await joining.step()).more);
        isJoining = false;
      };
      const range = { from: begin, to: Date.now() };
      let looks = 0;
      const read = async () => {
        while (isJoining) {
          await expectWhole(opened, [records[(looks * 7) % records.length] as BookableRecord]);
          const { rows } = await store.requestLogs.list({ range, filter: {}, limit: 500 });
          expect(rows.filter((row) => !row.request_preview.startsWith('talk'))).toEqual([]);
          const found = await store.requestLogs.list({
            range,
            filter: { text: 'lorem' },
            limit: 500,
          });
          const reached = records.filter(
            ({ data }) => data.started_at > (found.looked_back_to ?? 0),
          );
          const ids = new Set(found.rows.map(({ id }) => id));
          expect(reached.filter(({ id }) => !ids.has(id)).map(({ id }) => id)).toEqual([]);
          looks++;
        }
      };
      await Promise.all([join(), read()]);
      expect(looks).toBeGreaterThan(0);
      await expectWhole(opened, records);
      await store.close();
    });
  });
}
