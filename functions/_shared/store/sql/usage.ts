import type { Kysely } from 'kysely';
import type { CallFilter } from '../call-filter.ts';
import type { Usage, UsageDimension, UsageQuery } from '../usage.ts';
import type { SqlDialect } from './dialect.ts';
import { type CellLength, dimensions, minute, minuteMs, quarter } from './rollup-levels.ts';
import { namesOfIds } from './rollup-names.ts';
import type { Tables } from './tables.ts';
import { leveledCellsOf } from './usage-cells.ts';
import { isRecent, type Span, spanOf, stepsOf } from './usage-spans.ts';
import { createSums, nothing, type SumQuery } from './usage-sums.ts';

export function createUsage(
  db: Kysely<Tables>,
  dialect: SqlDialect,
  now: () => number = Date.now,
): Usage {
  const sums = createSums(db, dialect);

  const shortestOf = ({ range }: UsageQuery): CellLength =>
    isRecent(range, now()) ? minute : quarter;

  /** What to add up for spans of time, a group each; null where nothing can match. */
  async function queryOf(
    filter: CallFilter,
    spans: Span[],
    { by, shortest }: { by?: UsageDimension; shortest: CellLength; only?: boolean },
  ): Promise<SumQuery | null> {
    const ids = await sums.idsOf(filter);
    if (!ids) return null;
    // There may be no end to the range, but there is one to what was booked.
    const days = await sums.days();
    const within = spans.map(({ from, to }) => ({
      from: Math.max(from, days.from),
      to: Math.min(to, days.to),
    }));
    const about = new Set(
      dimensions.filter((dimension) => dimension === by || filter[dimension] !== undefined),
    );
    const cells = leveledCellsOf(within, { about, shortest, tag: filter.tag });
    return { cells, filter: ids, ...(by ? { by } : {}) };
  }

  return {
    async totals(query) {
      const shortest = shortestOf(query);
      const summed = await queryOf(query.filter, [spanOf(query.range, shortest)], { shortest });
      return (summed && (await sums.sum(summed)).get(0)) ?? nothing();
    },

    async series(query) {
      // Minutes are all that is asked for: where they are gone there is no point.
      const shortest = query.step === 'minute' ? minute : shortestOf(query);
      const steps = stepsOf(query, spanOf(query.range, shortest));
      const summed = await queryOf(query.filter, steps, { shortest });
      if (!summed) return [];
      return [...(await sums.sum(summed))]
        .map(([index, totals]) => ({ start: (steps[index]?.start ?? 0) * minuteMs, ...totals }))
        .sort((a, b) => a.start - b.start);
    },

    async rank({ by, limit, ...query }) {
      const shortest = shortestOf(query);
      const span = spanOf(query.range, shortest);
      const summed = await queryOf(query.filter, [span], { by, shortest });
      if (!summed) return [];
      const biggest = await sums.biggest(summed, limit);
      const [totals, names] = [await sums.sum(summed, biggest), await namesOfIds(db, biggest)];
      return [...totals]
        .map(([id, total]) => ({ value: names.get(id) ?? '', ...total }))
        .sort((a, b) => b.cost_nanos - a.cost_nanos || b.calls - a.calls);
    },
  };
}
