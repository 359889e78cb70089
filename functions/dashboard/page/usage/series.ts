import type { UsagePoint, UsageTotals } from '../../../_shared/store/usage.ts';
import type { EpochMs } from '../../../_shared/units.ts';

export interface Series {
  label: string;
  /** A CSS variable of the theme. */
  variable: string;
  values: (number | null)[];
}

/**
 * One value a bar. Where no call was, a count or a sum is a true 0; a percentile is a gap, since
 * there is none.
 */
export function valuesAt(
  starts: EpochMs[],
  points: UsagePoint[],
  measure: (totals: UsageTotals) => number | null,
  whenEmpty: 0 | null,
): (number | null)[] {
  const byStart = new Map(points.map((point) => [point.start, point]));
  return starts.map((start) => {
    const point = byStart.get(start);
    return point ? measure(point) : whenEmpty;
  });
}

/** The same series, each standing on the ones before it; the last is the whole. */
export function stack(series: Series[]): Series[] {
  const below: number[] = [];
  return series.map((one) => ({
    ...one,
    values: one.values.map((value, index) => {
      below[index] = (below[index] ?? 0) + (value ?? 0);
      return below[index];
    }),
  }));
}
