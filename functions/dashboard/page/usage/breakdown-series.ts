import type { UsagePoint, UsageTotals } from '../../../_shared/store/usage.ts';
import type { EpochMs } from '../../../_shared/units.ts';
import type { BreakdownAnswer } from '../../api/usage.ts';
import { type Series, valuesAt } from './series.ts';

const variables = ['--series-1', '--series-2', '--series-3', '--series-4', '--series-5'];

/**
 * The biggest values' series to stand on each other, and what is left of the whole on top. A call
 * with several tags is in several series: by tag nothing is left that could be told.
 */
export function breakdownSeries(
  { by, points, series }: BreakdownAnswer,
  starts: EpochMs[],
  measure: (totals: UsageTotals) => number,
  nameOf: (value: string) => string,
): Series[] {
  const parts = series.map((one, index) => ({
    label: nameOf(one.value),
    variable: variables[index] ?? '--series-rest',
    values: valuesAt(starts, one.points, measure, 0),
  }));
  if (by === 'tag') return parts;
  const rest = restOf(starts, points, parts, measure);
  if (rest.every((value) => value === 0)) return parts;
  return [...parts, { label: 'All others', variable: '--series-rest', values: rest }];
}

function restOf(
  starts: EpochMs[],
  points: UsagePoint[],
  parts: Series[],
  measure: (totals: UsageTotals) => number,
): number[] {
  const whole = valuesAt(starts, points, measure, 0);
  return whole.map((value, index) => {
    const named = parts.reduce((sum, part) => sum + (part.values[index] ?? 0), 0);
    // A call that is booked between two of the answer's queries is in a part before it is in the whole.
    return Math.max(0, (value ?? 0) - named);
  });
}
