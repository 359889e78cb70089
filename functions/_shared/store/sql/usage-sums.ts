import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { CallFilter } from '../call-filter.ts';
import type { UsageDimension, UsageTotals } from '../usage.ts';
import type { SqlDialect } from './dialect.ts';
import { anyName, dayLevel, dimensions, type RollupLevel } from './rollup-levels.ts';
import { findIds } from './rollup-names.ts';
import { noSums, type Sums, sumColumns } from './rollup-sums.ts';
import { fromTokenColumns } from './rows.ts';
import { createSketch } from './sketch.ts';
import type { Tables } from './tables.ts';
import type { LeveledCell } from './usage-cells.ts';
import type { Span } from './usage-spans.ts';

/** What to add up. */
export interface SumQuery {
  cells: LeveledCell[];
  /** What the cells add up to, one after the other: of what is pending, their minutes are added. */
  spans: Span[];
  filter: FilterIds;
  /** Sums are by this, or by the cells' own groups. */
  by?: UsageDimension;
}

export type FilterIds = Partial<Record<UsageDimension, number>>;

/** A part of a group's sums. */
export type SumPart = Sums & { grp: number; times: number; sketches: Buffer };

export function createSums(db: Kysely<Tables>, dialect: SqlDialect) {
  /** A SELECT for each level, so that each finds its rows by as much of the key as can be. */
  function selects(query: SumQuery, columns: RawBuilder<unknown>, only?: number[]) {
    const byLevel = Map.groupBy(query.cells, ({ level }) => level);
    const group = query.by ? sql.ref(`rollups.${query.by}`) : sql`cells.grp`;
    return sql.join(
      [...byLevel].map(([level, cells]) => {
        const numbers = dialect.numbers({
          start: cells.map(({ start }) => start),
          grp: cells.map(({ group }) => group),
          times: cells.map(({ times }) => times),
        });
        const conditions = conditionsOf(level, query);
        if (query.by && only) {
          conditions.push(sql`${sql.ref(query.by)} IN (${sql.join(only)})`);
        }
        return sql`SELECT ${group} AS grp, cells.times AS times, ${columns}
          FROM (${numbers}) AS cells CROSS JOIN rollups
          WHERE rollups.level = ${sql.lit(level.level)} AND rollups.cell_start = cells.start
            ${sql.join(
              conditions.map((condition) => sql`AND ${condition}`),
              sql` `,
            )}
          GROUP BY 1, 2`;
      }),
      sql` UNION ALL `,
    );
  }

  return {
    /** The numbers that the filter's names have; null where one was never heard of. */
    async idsOf(filter: CallFilter): Promise<FilterIds | null> {
      const given = dimensions.filter((dimension) => filter[dimension] !== undefined);
      if (given.length === 0) return {};
      const nameOf = (dimension: UsageDimension) => filter[dimension] as string;
      const ids = await findIds(db, [...new Set(given.map(nameOf))]);
      const found = given.map((dimension) => [dimension, ids.get(nameOf(dimension))] as const);
      return found.every(([, id]) => id !== undefined) ? Object.fromEntries(found) : null;
    },

    /** From the first to the last day with a call, in minutes. */
    async days(): Promise<Span> {
      const edge = (order: 'asc' | 'desc') =>
        db
          .selectFrom('rollups')
          .select('cell_start')
          .where('level', '=', dayLevel.level)
          .orderBy('cell_start', order)
          .limit(1)
          .executeTakeFirst();
      const [first, last] = [await edge('asc'), await edge('desc')];
      return first && last
        ? { from: first.cell_start, to: last.cell_start + dayLevel.length }
        : { from: 0, to: 0 };
    },

    /** Sums by group, of cells and of what is pending. */
    async sum(
      query: SumQuery,
      pending: SumPart[],
      only?: number[],
    ): Promise<Map<number, UsageTotals>> {
      const asked = only && new Set(only);
      const parts = asked ? pending.filter(({ grp }) => asked.has(grp)) : [...pending];
      if (query.cells.length > 0 && only?.length !== 0) {
        const { rows } = await sql<SumPart>`
          ${selects(query, sumsIn(dialect), only)}`.execute(db);
        parts.push(...rows);
      }
      const totals = new Map<number, UsageTotals>();
      for (const [group, some] of Map.groupBy(parts, ({ grp }) => grp)) {
        const total = totalOf(some);
        if (total.calls > 0) totals.set(group, total);
      }
      return totals;
    },

    /** The biggest of what the query is by: by cost, then by calls. */
    async biggest(query: SumQuery, pending: SumPart[], limit: number): Promise<number[]> {
      const columns = sql`SUM(cost_nanos) AS cost_nanos, SUM(calls) AS calls`;
      const numbers = dialect.numbers({
        grp: pending.map(({ grp }) => grp),
        times: pending.map(({ times }) => times),
        cost_nanos: pending.map(({ cost_nanos }) => cost_nanos),
        calls: pending.map(({ calls }) => calls),
      });
      const parts = sql.join(
        [numbers, ...(query.cells.length > 0 ? [selects(query, columns)] : [])],
        sql` UNION ALL `,
      );
      const { rows } = await sql<{ grp: number }>`
        SELECT grp FROM (${parts}) AS parts
        GROUP BY grp HAVING SUM(times * calls) > 0
        ORDER BY SUM(times * cost_nanos) DESC, SUM(times * calls) DESC, grp
        LIMIT ${limit}`.execute(db);
      return rows.map(({ grp }) => grp);
    },
  };
}

/** Each sum of rows, and their sketches. */
export const sumsIn = (dialect: SqlDialect): RawBuilder<unknown> =>
  sql.join([
    ...sumColumns.map((column) => sql`SUM(${sql.ref(column)}) AS ${sql.ref(column)}`),
    sql`${sql.raw(dialect.sumOfSketches)} AS sketches`,
  ]);

function conditionsOf({ by, tags }: RollupLevel, query: SumQuery): RawBuilder<unknown>[] {
  const conditions: RawBuilder<unknown>[] = [];
  for (const dimension of dimensions) {
    const column = sql.ref(dimension);
    const id = query.filter[dimension];
    if (id !== undefined) conditions.push(sql`${column} = ${id}`);
    else if (dimension === 'tag' && query.by === 'tag') conditions.push(sql`tag <> ${anyName}`);
    // True of all the level's rows, and a part of the key.
    else if (dimension === 'tag' ? !tags : !by.includes(dimension)) {
      conditions.push(sql`${column} = ${sql.lit(anyName)}`);
    }
  }
  return conditions;
}

function totalOf(parts: SumPart[]): UsageTotals {
  const sums = noSums();
  const sketch = createSketch();
  for (const part of parts) {
    for (const column of sumColumns) sums[column] += Number(part[column]) * part.times;
    sketch.add(part.sketches, part.times);
  }
  const { calls, failures, interruptions, cost_nanos, unpriced_calls, cache_hits, saved_nanos } =
    sums;
  return {
    calls,
    failures,
    interruptions,
    tokens: fromTokenColumns(sums),
    cost_nanos,
    unpriced_calls,
    cache_hits,
    saved_nanos,
    latency_ms: sketch.percentiles('latency_ms'),
    time_to_first_token_ms: sketch.percentiles('time_to_first_token_ms'),
  };
}

export const nothing = (): UsageTotals => totalOf([]);
