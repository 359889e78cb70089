import { expect, test } from 'vitest';
import type { UsagePoint } from '../../../_shared/store/usage.ts';
import { stack, valuesAt } from './series.ts';

const point = (start: number, calls: number, p95: number | null) =>
  ({ start, calls, latency_ms: { p50: null, p95, p99: null } }) as UsagePoint;

test('a bar without a call counts 0, but has no latency', () => {
  const points = [point(10, 3, 120), point(30, 1, null)];
  const starts = [10, 20, 30];
  expect(valuesAt(starts, points, (totals) => totals.calls, 0)).toEqual([3, 0, 1]);
  expect(valuesAt(starts, points, (totals) => totals.latency_ms.p95, null)).toEqual([
    120,
    null,
    null,
  ]);
});

test('stacked series stand on each other', () => {
  const made = stack([
    { label: 'a', variable: '--a', values: [1, 2] },
    { label: 'b', variable: '--b', values: [10, null] },
  ]);
  expect(made.map((series) => series.values)).toEqual([
    [1, 2],
    [11, 2],
  ]);
});
