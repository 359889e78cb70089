import { describe, expect, test } from 'vitest';
import type { Store } from '../store.ts';
import { aRecord, ownRange } from './record.fixture.ts';

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
  });
}
