import { expect, test } from 'vitest';
import type { UsageDimension, UsagePoint } from '../../../_shared/store/usage.ts';
import type { BreakdownAnswer } from '../../api/usage.ts';
import { breakdownSeries } from './breakdown-series.ts';

const point = (start: number, calls: number) => ({ start, calls }) as UsagePoint;
const answer = (by: UsageDimension): BreakdownAnswer => ({
  by,
  range: { from: 10, to: 40 },
  step: 'minute',
  points: [point(10, 9), point(30, 4)],
  series: [
    { value: 'a', points: [point(10, 5)] },
    { value: 'b', points: [point(10, 1), point(30, 6)] },
  ],
});
const shown = (by: UsageDimension) =>
  breakdownSeries(
    answer(by),
    [10, 20, 30],
    ({ calls }) => calls,
    (value) => value.toUpperCase(),
  ).map(({ label, values }) => [label, values]);

test('what no series has of the whole is a series of its own, and never negative', () => {
  expect(shown('model')).toEqual([
    ['A', [5, 0, 0]],
    ['B', [1, 0, 6]],
    ['All others', [3, 0, 0]],
  ]);
});

test('tags overlap, so nothing is left to tell', () => {
  expect(shown('tag').map(([label]) => label)).toEqual(['A', 'B']);
});
