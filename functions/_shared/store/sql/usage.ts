import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { TimeRange } from '../bounds.ts';
import type { Usage, UsagePoint, UsageQuery, UsageSeriesQuery, UsageTotals } from '../usage.ts';
import { minuteSeconds, minutesKeptMs, quarterSeconds } from './rollups.ts';
import { fromTokenColumns, type TokenColumn, tokenColumns } from './rows.ts';
import { percentilesOf } from './sketch.ts';
import type { Tables } from './tables.ts';
import { dayOf, offsetAt, startOfDay } from './time-zone.ts';

const stepMs = { minute: 60_000, quarter_hour: 900_000, hour: 3_600_000 };

/** A range rounded outwards to whole cells of one size. */
interface Cells extends TimeRange {
  seconds: number;
}

type Group = string | number;

export function createUsage(db: Kysely<Tables>, now: () => number = Date.now): Usage {
  const cellsOf = ({ from, to }: TimeRange, seconds?: number): Cells => {
    const size = seconds ?? (from >= now() - minutesKeptMs ? minuteSeconds : quarterSeconds);
    const ms = size * 1000;
    return { seconds: size, from: Math.floor(from / ms) * ms, to: Math.ceil(to / ms) * ms };
  };

  /** Sums of all calls that a query is about, by whatever `group` is an SQL expression of. */
  async function sum(
    cells: Cells,
    { filter }: Pick<UsageQuery, 'filter'>,
    group: RawBuilder<Group>,
  ): Promise<Map<Group, UsageTotals>> {
    const matching = (columns: RawBuilder<unknown>, from: RawBuilder<unknown>) => sql`
      SELECT ${group} AS grp, ${columns} FROM ${from}
      WHERE cell_seconds = ${cells.seconds}
        AND cell_start >= ${cells.from} AND cell_start < ${cells.to}
        ${sql.join(
          Object.entries(filter)
            .filter(([, value]) => value !== undefined)
            .map(([column, value]) => sql`AND ${sql.ref(column)} = ${value}`),
          sql` `,
        )}`;
    const sums = sql.join([
      sql`SUM(calls) AS calls`,
      sql`SUM(CASE WHEN status = 'failure' THEN calls ELSE 0 END) AS failures`,
      sql`SUM(CASE WHEN status = 'interrupted' THEN calls ELSE 0 END) AS interruptions`,
      ...tokenColumns.map((column) => sql`SUM(${sql.ref(column)}) AS ${sql.ref(column)}`),
      sql`SUM(cost_nanos) AS cost_nanos`,
      sql`SUM(unpriced_calls) AS unpriced_calls`,
      sql`SUM(cache_hits) AS cache_hits`,
      sql`SUM(saved_nanos) AS saved_nanos`,
    ]);
    const counted = await sql<SumRow>`${matching(sums, sql`rollups`)} GROUP BY 1`.execute(db);
    const sketched = await sql<SketchRow>`
      ${matching(
        sql`metric, bucket, SUM(count) AS count`,
        sql`rollups JOIN rollup_sketches ON rollup_sketches.rollup_id = rollups.rollup_id`,
      )} GROUP BY 1, metric, bucket`.execute(db);

    const sketches = Map.groupBy(sketched.rows, (row) => `${row.metric} ${row.grp}`);
    const percentiles = (metric: string, grp: Group) =>
      percentilesOf(
        (sketches.get(`${metric} ${grp}`) ?? []).map(({ bucket, count }) => ({
          bucket,
          count: Number(count),
        })),
      );
    return new Map(
      counted.rows.map((row) => [
        row.grp,
        {
          calls: Number(row.calls),
          failures: Number(row.failures),
          interruptions: Number(row.interruptions),
          tokens: fromTokenColumns(row),
          cost_nanos: Number(row.cost_nanos),
          unpriced_calls: Number(row.unpriced_calls),
          cache_hits: Number(row.cache_hits),
          saved_nanos: Number(row.saved_nanos),
          latency_ms: percentiles('latency_ms', row.grp),
          time_to_first_token_ms: percentiles('time_to_first_token_ms', row.grp),
        },
      ]),
    );
  }

  async function sumByDay(query: UsageSeriesQuery): Promise<UsagePoint[]> {
    const { range, time_zone: zone } = query;
    const points: UsagePoint[] = [];
    const lastDay = dayOf(zone, range.to - 1);
    // Days of one length in a row are one query; a change of the clocks begins another.
    for (let day = dayOf(zone, range.from); day <= lastDay; ) {
      const from = startOfDay(zone, day);
      let next = day + 1;
      while (
        next <= lastDay &&
        startOfDay(zone, next + 1) - from === (next + 1 - day) * 86_400_000
      ) {
        next++;
      }
      const cells = { seconds: quarterSeconds, from, to: startOfDay(zone, next) };
      const length = next - day === 1 ? cells.to - from : 86_400_000;
      points.push(...(await sumBySteps(cells, query, from, length)));
      day = next;
    }
    return points;
  }

  async function sumBySteps(
    cells: Cells,
    query: UsageSeriesQuery,
    origin: number,
    length: number,
  ): Promise<UsagePoint[]> {
    const index = sql<number>`(cell_start - ${sql.lit(origin)}) / ${sql.lit(length)}`;
    const sums = await sum(cells, query, index);
    return [...sums]
      .map(([step, totals]) => ({ start: origin + Number(step) * length, ...totals }))
      .sort((a, b) => a.start - b.start);
  }

  return {
    async totals(query) {
      const sums = await sum(cellsOf(query.range), query, sql<Group>`1`);
      return [...sums.values()][0] ?? nothing();
    },

    async series(query) {
      if (query.step === 'day') return sumByDay(query);
      const length = stepMs[query.step];
      const cells = cellsOf(query.range, query.step === 'minute' ? minuteSeconds : undefined);
      // Whole minutes and quarters are the same everywhere; hours are not (Kathmandu: +05:45).
      const shift = query.step === 'hour' ? offsetAt(query.time_zone, cells.from) % length : 0;
      const origin = Math.floor((cells.from + shift) / length) * length - shift;
      return sumBySteps(cells, query, origin, length);
    },

    async rank({ by, limit, ...query }) {
      const sums = await sum(cellsOf(query.range), query, sql.ref<Group>(by));
      return [...sums]
        .map(([value, totals]) => ({ value: String(value), ...totals }))
        .sort((a, b) => b.cost_nanos - a.cost_nanos || b.calls - a.calls)
        .slice(0, limit);
    },
  };
}

interface SumRow extends Record<TokenColumn, number> {
  grp: Group;
  calls: number;
  failures: number;
  interruptions: number;
  cost_nanos: number;
  unpriced_calls: number;
  cache_hits: number;
  saved_nanos: number;
}

interface SketchRow {
  grp: Group;
  metric: string;
  bucket: number;
  count: number;
}

function nothing(): UsageTotals {
  const none = { p50: null, p95: null, p99: null };
  return {
    calls: 0,
    failures: 0,
    interruptions: 0,
    tokens: fromTokenColumns(
      Object.fromEntries(tokenColumns.map((column) => [column, 0])) as Record<TokenColumn, number>,
    ),
    cost_nanos: 0,
    unpriced_calls: 0,
    cache_hits: 0,
    saved_nanos: 0,
    latency_ms: none,
    time_to_first_token_ms: none,
  };
}
