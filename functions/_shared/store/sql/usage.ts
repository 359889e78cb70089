import type { Kysely } from 'kysely';
import type { CallFilter } from '../call-filter.ts';
import type { Usage, UsageDimension, UsageQuery } from '../usage.ts';
import type { SqlDialect } from './dialect.ts';
import {
  type CellLength,
  dimensions,
  minute,
  minuteMs,
  minutesKeptMs,
  quarter,
} from './rollup-levels.ts';
import { namesOfIds } from './rollup-names.ts';
import type { Tables } from './tables.ts';
import { leveledCellsOf } from './usage-cells.ts';
import { pendingParts } from './usage-pending.ts';
import { isRecent, type Span, spanOf, stepsOf } from './usage-spans.ts';
import { createSums, nothing, type SumPart, type SumQuery } from './usage-sums.ts';

/** A database at one moment. */
interface Looking {
  db: Kysely<Tables>;
  sums: ReturnType<typeof createSums>;
  pendingOf(query: SumQuery): Promise<SumPart[]>;
}

export function createUsage(
  db: Kysely<Tables>,
  dialect: SqlDialect,
  now: () => number = Date.now,
): Usage {
  /**
   * Sees the database at one moment: what is folded between two looks would be counted twice, or
   * not at all.
   */
  const look = <Result>(at: (looking: Looking) => Promise<Result>): Promise<Result> =>
    db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute((transaction) =>
        at({
          db: transaction,
          sums: createSums(transaction, dialect),
          pendingOf: (query) => pendingParts(transaction, dialect, query),
        }),
      );

  const shortestOf = ({ range }: UsageQuery): CellLength =>
    isRecent(range, now()) ? minute : quarter;

  /** What to add up for spans of time, a group each; null where nothing can match. */
  async function queryOf(
    { sums }: Looking,
    filter: CallFilter,
    spans: Span[],
    { by, shortest }: { by?: UsageDimension; shortest: CellLength },
  ): Promise<SumQuery | null> {
    const ids = await sums.idsOf(filter);
    if (!ids) return null;
    // There may be no end to the range, but there is one to what was folded.
    const days = await sums.days();
    const within = spans.map(({ from, to }) => ({
      from: Math.max(from, days.from),
      to: Math.min(to, days.to),
    }));
    const about = new Set(
      dimensions.filter((dimension) => dimension === by || filter[dimension] !== undefined),
    );
    const cells = leveledCellsOf(within, { about, shortest, tag: filter.tag });
    return { cells, spans, filter: ids, ...(by ? { by } : {}) };
  }

  return {
    totals: (query) =>
      look(async (looking) => {
        const shortest = shortestOf(query);
        const span = spanOf(query.range, shortest);
        const summed = await queryOf(looking, query.filter, [span], { shortest });
        if (!summed) return nothing();
        const totals = await looking.sums.sum(summed, await looking.pendingOf(summed));
        return totals.get(0) ?? nothing();
      }),

    series: (query) =>
      look(async (looking) => {
        // Minutes are all that is asked for: where they are gone there is no point.
        const shortest = query.step === 'minute' ? minute : shortestOf(query);
        const gone = query.step === 'minute' ? (now() - minutesKeptMs) / minuteMs : 0;
        const steps = stepsOf(query, spanOf(query.range, shortest)).filter(
          ({ from }) => from >= gone,
        );
        const summed = await queryOf(looking, query.filter, steps, { shortest });
        if (!summed) return [];
        return [...(await looking.sums.sum(summed, await looking.pendingOf(summed)))]
          .map(([index, totals]) => ({ start: (steps[index]?.start ?? 0) * minuteMs, ...totals }))
          .sort((a, b) => a.start - b.start);
      }),

    rank: ({ by, limit, ...query }) =>
      look(async (looking) => {
        const { sums } = looking;
        const shortest = shortestOf(query);
        const span = spanOf(query.range, shortest);
        const summed = await queryOf(looking, query.filter, [span], { by, shortest });
        if (!summed) return [];
        const pending = await looking.pendingOf(summed);
        const biggest = await sums.biggest(summed, pending, limit);
        const totals = await sums.sum(summed, pending, biggest);
        const names = await namesOfIds(looking.db, biggest);
        return [...totals]
          .map(([id, total]) => ({ value: names.get(id) ?? '', ...total }))
          .sort((a, b) => b.cost_nanos - a.cost_nanos || b.calls - a.calls);
      }),
  };
}
