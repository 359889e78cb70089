import { type Kysely, type RawBuilder, sql } from 'kysely';
import { tokenKinds, totalTokens } from '../../units.ts';
import type { BookableRecord } from '../store.ts';
import { type TokenColumn, tokenColumns, toTokenColumns } from './rows.ts';
import { bucketOf } from './sketch.ts';
import { prepareInsert } from './statements.ts';
import type { RollupSketchesTable, RollupsTable, Tables } from './tables.ts';

/** A minute, for the last two days; a quarter of an hour, for good: every civil time zone is a
 * multiple of it away from UTC, so any local day is a sum of whole cells. */
export const minuteSeconds = 60;
export const quarterSeconds = 900;

type RollupRow = Omit<RollupsTable, 'rollup_id'>;

interface Cell {
  row: RollupRow;
  /** Counts by metric and bucket. */
  sketches: Map<string, Map<number, number>>;
}

const keyColumns = [
  'cell_seconds',
  'cell_start',
  'key_id',
  'team_id',
  'user_id',
  'model',
  'provider',
  'status',
] as const;
const sumColumns: (keyof RollupRow & string)[] = [
  'calls',
  ...tokenColumns,
  'cost_nanos',
  'unpriced_calls',
];

const added = (table: string, column: string): RawBuilder<number> =>
  sql`${sql.ref(`${table}.${column}`)} + ${sql.ref(`excluded.${column}`)}`;

export function createRollups(db: Kysely<Tables>) {
  const addCell = prepareInsert<RollupRow>([...keyColumns, ...sumColumns], (row) =>
    db
      .insertInto('rollups')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns([...keyColumns])
          .doUpdateSet(
            Object.fromEntries(sumColumns.map((column) => [column, added('rollups', column)])),
          ),
      )
      .returning('rollup_id'),
  );
  const addSketch = prepareInsert<RollupSketchesTable>(
    ['rollup_id', 'metric', 'bucket', 'count'],
    (row) =>
      db
        .insertInto('rollup_sketches')
        .values(row)
        .onConflict((conflict) =>
          conflict
            .columns(['rollup_id', 'metric', 'bucket'])
            .doUpdateSet({ count: added('rollup_sketches', 'count') }),
        ),
  );

  return {
    /** Adds records to their cells. One statement a cell and bucket, however many records. */
    async add(transaction: Kysely<Tables>, records: BookableRecord[]): Promise<void> {
      for (const { row, sketches } of gather(records)) {
        const { rows } = await addCell(transaction, row);
        const rollup_id = Number(rows[0]?.rollup_id);
        for (const [metric, buckets] of sketches) {
          for (const [bucket, count] of buckets) {
            await addSketch(transaction, { rollup_id, metric, bucket, count });
          }
        }
      }
    },
    /** Deletes minutes that began before `before`, at most `limit` cells. Gives their number. */
    async pruneMinutes(before: number, limit: number): Promise<number> {
      const old = await db
        .selectFrom('rollups')
        .select('rollup_id')
        .where('cell_seconds', '=', minuteSeconds)
        .where('cell_start', '<', before)
        .limit(limit)
        .execute();
      const ids = old.map((row) => row.rollup_id);
      if (ids.length === 0) return 0;
      await db.transaction().execute(async (transaction) => {
        await transaction.deleteFrom('rollup_sketches').where('rollup_id', 'in', ids).execute();
        await transaction.deleteFrom('rollups').where('rollup_id', 'in', ids).execute();
      });
      return ids.length;
    },
  };
}

function gather(records: BookableRecord[]): Iterable<Cell> {
  const cells = new Map<string, Cell>();
  for (const { data } of records) {
    for (const cellSeconds of [minuteSeconds, quarterSeconds]) {
      const key = keyOf(data, cellSeconds);
      const name = JSON.stringify(Object.values(key));
      let cell = cells.get(name);
      if (!cell) {
        cell = { row: { ...key, ...nothing() }, sketches: new Map() };
        cells.set(name, cell);
      }
      addTo(cell, data);
    }
  }
  return cells.values();
}

function keyOf(data: BookableRecord['data'], cell_seconds: number) {
  const cellMs = cell_seconds * 1000;
  return {
    cell_seconds,
    cell_start: Math.floor(data.started_at / cellMs) * cellMs,
    key_id: data.key_id,
    team_id: data.team_id,
    user_id: data.user_id,
    model: data.model,
    provider: data.provider ?? '',
    status: data.status,
  };
}

function nothing() {
  const tokens = Object.fromEntries(tokenColumns.map((column) => [column, 0])) as Record<
    TokenColumn,
    number
  >;
  return { calls: 0, ...tokens, cost_nanos: 0, unpriced_calls: 0 };
}

function addTo({ row, sketches }: Cell, data: BookableRecord['data']) {
  row.calls++;
  const tokens = toTokenColumns(data.tokens);
  for (const kind of tokenKinds) row[`tokens_${kind}`] += tokens[`tokens_${kind}`];
  row.cost_nanos += data.cost_nanos ?? 0;
  // A call that failed before a token was used has nothing to price.
  const billable = data.status === 'success' || totalTokens(data.tokens) > 0;
  if (data.cost_nanos === null && billable) row.unpriced_calls++;
  for (const metric of ['latency_ms', 'time_to_first_token_ms'] as const) {
    const value = data[metric];
    if (value === null) continue;
    const buckets = sketches.get(metric) ?? new Map<number, number>();
    sketches.set(metric, buckets);
    const bucket = bucketOf(value);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
}
