import { describe, expect, test, vi } from 'vitest';
import { aRecord } from '../../contract/record.fixture.ts';
import { keepsAll } from '../../retention.ts';
import { maintain, type OpenedStore } from './opened.fixture.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const forEver = Number.POSITIVE_INFINITY;

const ago = (ms: number) => Date.now() - ms;
const everything = () => ({ from: 0, to: Date.now() + dayMs });

const withBodies = (started_at: number, id: string) =>
  aRecord(
    {
      started_at,
      request: { messages: [{ role: 'user', content: `what of ${id}?` }] },
      response: { choices: [{ message: { content: `this of ${id}` } }] },
      attempts: [
        {
          deployment_id: 'd',
          provider: 'openai',
          upstream_model: 'm',
          api_base: null,
          started_at,
          duration_ms: 5,
          status: 'success',
          http_status: 200,
          error: null,
        },
      ],
    },
    id,
  );

/** How what is past its time goes, on every database of SQL's. */
export function describeRetention(driver: string, open: () => Promise<OpenedStore>): void {
  describe(`retention on ${driver}`, { timeout: 30_000 }, () => {
    test('minutes go after two days; the quarters keep every call', async () => {
      const opened = await open();
      const { store } = opened;
      const range = { from: ago(72 * 60 * minuteMs), to: Date.now() + 60 * minuteMs };
      const records = Array.from({ length: 450 }, (_, index) =>
        aRecord({ started_at: range.from + index * minuteMs }),
      );
      vi.setSystemTime(range.from + 451 * minuteMs);
      try {
        await store.requestLogs.book(records);
        await maintain(opened);
      } finally {
        vi.useRealTimers();
      }
      await store.requestLogs.book([aRecord()]);

      const both = await Promise.all([maintain(opened), maintain(opened)]);
      const minutes = both.reduce((sum, { rollup_minutes = 0 }) => sum + rollup_minutes, 0);
      expect(minutes).toBeGreaterThanOrEqual(450);
      expect(await maintain(opened)).toEqual({});
      const { calls, latency_ms } = await store.usage.totals({ range, filter: {} });
      expect(calls).toBe(451);
      expect(latency_ms.p50).not.toBeNull();
      await store.close();
    });

    test('bodies go before their logs, logs before their names, and the sums stay', async () => {
      const opened = await open();
      const { store } = opened;
      const records = [
        withBodies(Date.now(), 'new'),
        withBodies(ago(2 * dayMs), 'older'),
        withBodies(ago(20 * dayMs), 'old'),
      ];
      for (const record of records) await store.requestLogs.book([record]);
      const deleted = await maintain(opened, {
        payloads: { ageMs: dayMs, bytes: forEver },
        logs: { ageMs: 10 * dayMs, rows: forEver },
      });
      expect(deleted).toMatchObject({ payloads: 2, logs: 1, attempts: 1 });

      const found = await store.requestLogs.find('new');
      expect(found?.request).toEqual(records[0]?.data.request);
      expect(found?.bodies_withheld).toBeNull();
      expect(await store.requestLogs.find('older')).toMatchObject({
        request: null,
        response: null,
        bodies_withheld: 'deleted at the end of their time',
        attempts: [{ deployment_id: 'd' }],
      });
      expect(await store.requestLogs.find('old')).toBeNull();
      const { rows } = await store.requestLogs.list({
        range: everything(),
        filter: {},
        limit: 10,
      });
      expect(rows.map(({ id }) => id)).toEqual(['new', 'older']);
      expect((await store.usage.totals({ range: everything(), filter: {} })).calls).toBe(3);
      expect(await store.requestLogs.book(records)).toMatchObject({ booked: 0, duplicates: 3 });
      await store.close();
    });

    test('a call of long ago is booked once, however soon its log goes', async () => {
      const opened = await open();
      const { store } = opened;
      const imported = [withBodies(ago(100 * dayMs), 'imported')];
      const logs = { ageMs: dayMs, rows: forEver };
      await store.requestLogs.book(imported);
      await maintain(opened, { logs });
      expect(await store.requestLogs.find('imported')).toBeNull();
      expect(await store.requestLogs.book(imported)).toMatchObject({ booked: 0, duplicates: 1 });
      vi.setSystemTime(Date.now() + 31 * dayMs);
      const deleted = await maintain(opened, { logs }).finally(() => vi.useRealTimers());
      expect(deleted).toMatchObject({ names: 1 });
      await store.close();
    });

    test('of more logs than there may be the newest stay', async () => {
      const opened = await open();
      const { store, db } = opened;
      const begin = ago(60 * minuteMs);
      const records = Array.from({ length: 1000 }, (_, index) =>
        aRecord({ started_at: begin + index }, `c${index}`),
      );
      await store.requestLogs.book(records.toReversed());
      const logs = { ageMs: forEver, rows: 301 };
      expect(await maintain(opened, { logs })).toMatchObject({ logs: 699 });
      const { rows } = await store.requestLogs.list({
        range: everything(),
        filter: {},
        limit: 500,
      });
      const kept = records.slice(-301).map(({ id }) => id);
      expect(rows.map(({ id }) => id)).toEqual(kept.toReversed());
      // As many names again: a broker may still send those calls once more. They wait for their logs.
      await maintain(opened, { logs });
      expect((await db.selectFrom('booked_calls').select('seq').execute()).length).toBe(602);
      expect(await store.requestLogs.book(records.slice(-602))).toMatchObject({ booked: 0 });
      expect(await maintain(opened, { logs })).toEqual({});
      await store.close();
    });

    test('of more bodies than there may be the newest stay', async () => {
      const opened = await open();
      const { store, db } = opened;
      const begin = ago(60 * minuteMs);
      for (let index = 0; index < 120; index++) {
        await store.requestLogs.book([withBodies(begin + index * 1000, `b${index}`)]);
      }
      const sizes = (
        await db
          .selectFrom('payload_blocks')
          .select(['bytes', 'previews'])
          .orderBy('newest')
          .execute()
      ).map(({ bytes, previews }) => bytes.length + previews.length);
      const limit = sizes.slice(-40).reduce((sum, size) => sum + size, 0);
      const deleted = await maintain(opened, { payloads: { ageMs: forEver, bytes: limit } });
      expect(deleted).toMatchObject({ payloads: 80 });
      const signatures = await db.selectFrom('search_signatures').select('newest').execute();
      expect(signatures).toHaveLength(
        (await db.selectFrom('payload_blocks').select('newest').execute()).length,
      );
      expect(await store.requestLogs.find('b80')).toMatchObject({ bodies_withheld: null });
      expect(await store.requestLogs.find('b79')).toMatchObject({ request: null });
      expect((await store.requestLogs.find('b79'))?.bodies_withheld).toMatch(/deleted/);
      await store.close();
    });

    test('bodies whose record never came go after a week', async () => {
      const opened = await open();
      const { store } = opened;
      const bodies = { request: '"r"', response: '"s"' };
      vi.setSystemTime(ago(8 * dayMs));
      for (let index = 0; index < 25; index++) {
        await store.payloads.keep({ id: `given-up-${index}`, source: '/s', ...bodies });
      }
      vi.useRealTimers();
      await store.payloads.keep({ id: 'waiting', source: '/s', ...bodies });
      expect(await maintain(opened)).toEqual({ kept_payloads: 25 });
      expect(await store.payloads.find('waiting', '/s')).toMatchObject({
        request: 'r',
        response: 's',
      });
      expect(await store.payloads.find('given-up-1', '/s')).toBeNull();
      await store.close();
    });

    test('usage goes by whole days, where it is to go at all', async () => {
      const opened = await open();
      const { store } = opened;
      await store.requestLogs.book([
        aRecord({ started_at: ago(100 * dayMs) }),
        aRecord({ started_at: ago(dayMs) }),
      ]);
      expect(await maintain(opened)).toEqual({});
      const totals = async () =>
        (await store.usage.totals({ range: everything(), filter: {} })).calls;
      expect(await totals()).toBe(2);
      await maintain(opened, { rollups: { ageMs: 30 * dayMs } });
      expect(await totals()).toBe(1);
      expect((await store.spend.of('global', '')).calls).toBe(2);
      await store.close();
    });

    test('nothing goes where nothing is bounded', async () => {
      const opened = await open();
      const { store } = opened;
      await store.requestLogs.book([withBodies(ago(3000 * dayMs), 'ancient')]);
      expect(await maintain(opened, keepsAll)).toEqual({});
      expect(await store.requestLogs.find('ancient')).toMatchObject({ bodies_withheld: null });
      await store.close();
    });
  });
}
