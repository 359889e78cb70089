import { describe, expect, test } from 'vitest';
import type { Store } from '../store.ts';
import { aRecord, ownRange } from './record.fixture.ts';
import { describeUsageProperties } from './usage-properties.fixture.ts';

export function describeUsage(store: () => Store): void {
  describe('usage', () => {
    test.each([
      ['UTC', '2024-03-31T00:00:00Z', 24],
      ['Asia/Kathmandu', '2024-03-30T18:15:00Z', 24],
      ['Europe/Berlin', '2024-03-30T23:00:00Z', 23],
    ])('a day in %s is that place’s day', async (time_zone, begins, hours) => {
      const start = Date.parse(begins);
      const end = start + hours * 3_600_000;
      const model = `day-${time_zone}`;
      await store().requestLogs.book(
        [start - 1, start, end - 1, end].map((started_at) => aRecord({ started_at, model })),
      );
      const range = { from: start - 86_400_000, to: end + 86_400_000 };
      const days = await store().usage.series({ range, filter: { model }, step: 'day', time_zone });
      expect(days.map(({ start, calls }) => ({ start, calls }))).toMatchObject([
        { calls: 1 },
        { start, calls: 2 },
        { start: end, calls: 1 },
      ]);
      const hourly = await store().usage.series({
        range,
        filter: { model },
        step: 'hour',
        time_zone,
      });
      expect(hourly.map((point) => point.start)).toEqual([
        start - 3_600_000,
        start,
        end - 3_600_000,
        end,
      ]);
    });

    test('minutes are there for the last hours', async () => {
      const minute = Math.floor(Date.now() / 60_000) * 60_000;
      const filter = { model: 'minutes' };
      await store().requestLogs.book([aRecord({ started_at: minute, model: 'minutes' })]);
      const range = { from: minute - 600_000, to: minute + 60_000 };
      const points = await store().usage.series({
        range,
        filter,
        step: 'minute',
        time_zone: 'UTC',
      });
      expect(points).toMatchObject([{ start: minute, calls: 1 }]);
    });

    test('percentiles are within 1 %, over any number of cells', async () => {
      const range = ownRange();
      const values = Array.from({ length: 1000 }, (_, index) => 1.01 ** index);
      await store().requestLogs.book(
        values.map((latency_ms, index) =>
          aRecord({ started_at: range.from + index * 60_000, latency_ms, model: 'sketch' }),
        ),
      );
      const { latency_ms } = await store().usage.totals({ range, filter: { model: 'sketch' } });
      for (const [share, found] of [
        [0.5, latency_ms.p50],
        [0.95, latency_ms.p95],
        [0.99, latency_ms.p99],
      ] as const) {
        const exact = values[Math.ceil(share * values.length) - 1] as number;
        expect(Math.abs((found ?? 0) / exact - 1)).toBeLessThanOrEqual(0.0101);
      }
      const none = await store().usage.totals({ range: ownRange(), filter: {} });
      expect(none).toMatchObject({ calls: 0, latency_ms: { p50: null } });
    });

    test('ranks by cost, then by calls, and tells what had no price', async () => {
      const range = ownRange();
      const at = { started_at: range.from };
      await store().requestLogs.book([
        aRecord({ ...at, model: 'cheap', cost_nanos: 1 }),
        aRecord({ ...at, model: 'dear', cost_nanos: 9 }),
        aRecord({ ...at, model: 'free', cost_nanos: null }),
        aRecord({
          ...at,
          model: 'free',
          cost_nanos: null,
          status: 'interrupted',
          tokens: { input: 1 },
        }),
        aRecord({ ...at, model: 'free', cost_nanos: null, status: 'failure' }),
        aRecord({ ...at, model: 'nil', cost_nanos: 0 }),
      ]);
      const ranks = await store().usage.rank({ range, filter: {}, by: 'model', limit: 3 });
      expect(ranks.map(({ value, unpriced_calls }) => [value, unpriced_calls])).toEqual([
        ['dear', 0],
        ['cheap', 0],
        ['free', 2],
      ]);
    });

    test('by tag a call counts for each of its tags, and for none under the name of none', async () => {
      const range = ownRange();
      const at = { started_at: range.from + 60_000, model: 'tagged' };
      await store().requestLogs.book([
        aRecord({ ...at, tags: ['a', 'b', 'a'], cost_nanos: 4, key_id: 'k' }),
        aRecord({ ...at, tags: ['a', ''], cost_nanos: 2 }),
        aRecord({ ...at, cost_nanos: 1, key_id: 'k' }),
      ]);
      const { usage } = store();
      const ranks = async (filter: object) =>
        (await usage.rank({ range, filter, by: 'tag', limit: 10 })).map((rank) => [
          rank.value,
          rank.calls,
          rank.cost_nanos,
        ]);
      expect(await ranks({})).toEqual([
        ['a', 2, 6],
        ['b', 1, 4],
        ['', 1, 1],
      ]);
      expect(await ranks({ key_id: 'k', model: 'tagged' })).toEqual([
        ['a', 1, 4],
        ['b', 1, 4],
        ['', 1, 1],
      ]);
      const quarter = { from: range.from, to: range.from + 900_000 };
      for (const part of [range, quarter]) {
        const calls = async (filter: object) => (await usage.totals({ range: part, filter })).calls;
        expect(await calls({ tag: 'a' })).toBe(2);
        expect(await calls({ tag: '' })).toBe(1);
        expect(await calls({ tag: 'a', key_id: 'k' })).toBe(1);
        expect(await calls({ tag: '', key_id: 'k' })).toBe(1);
        expect(await calls({ tag: 'never heard of' })).toBe(0);
      }
    });

    test('of very many tags of a call the first eight count; the call is counted all the same', async () => {
      const range = ownRange();
      const tags = Array.from({ length: 64 }, (_, index) => `many-${index}`);
      await store().requestLogs.book([aRecord({ started_at: range.from, tags })]);
      const { usage } = store();
      const ranks = await usage.rank({ range, filter: {}, by: 'tag', limit: 100 });
      expect(ranks.map(({ value }) => value).sort()).toEqual(tags.slice(0, 8));
      expect((await usage.totals({ range, filter: {} })).calls).toBe(1);
    });

    test('writers of the same cells at the same time add up, sketches too', async () => {
      const range = ownRange();
      const batches = Array.from({ length: 40 }, (_, batch) =>
        Array.from({ length: 25 }, (_, index) =>
          aRecord({
            started_at: range.from + index,
            latency_ms: 1.03 ** (batch * 5 + (index % 5)),
            model: 'together',
          }),
        ),
      );
      await Promise.all(batches.map((batch) => store().requestLogs.book(batch)));
      const totals = await store().usage.totals({ range, filter: { model: 'together' } });
      expect(totals).toMatchObject({ calls: 1000, cost_nanos: 5000 });
      const { p50, p99 } = totals.latency_ms;
      expect(Math.abs((p50 ?? 0) / 1.03 ** 99 - 1)).toBeLessThanOrEqual(0.0101);
      expect(Math.abs((p99 ?? 0) / 1.03 ** 197 - 1)).toBeLessThanOrEqual(0.0101);
    });

    describeUsageProperties(store);
  });
}
