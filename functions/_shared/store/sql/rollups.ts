import { type Kysely, sql } from 'kysely';
import { type EpochMs, tokenKinds, totalTokens } from '../../units.ts';
import type { BookableRecord } from '../request-logs.ts';
import type { SqlDialect } from './dialect.ts';
import { type TokenColumn, tokenColumns, tokenColumnTypes, toTokenColumns } from './rows.ts';
import { bucketOf } from './sketch.ts';
import { type Insert, inLockOrder } from './statements.ts';
import type { RollupSketchesTable, RollupsTable, Tables } from './tables.ts';

/** A minute, for the last two days; a quarter of an hour, for good: every civil time zone is a
 * multiple of it away from UTC, so any local day is a sum of whole cells. */
export const minuteSeconds = 60;
export const minutesKeptMs = 48 * 3600_000;
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
  'cache_hits',
  'saved_nanos',
];

const nameOf = (row: object) =>
  JSON.stringify(keyColumns.map((column) => (row as RollupRow)[column]));

const cells: Insert<RollupRow> = {
  into: 'rollups',
  columns: {
    cell_seconds: 'integer',
    cell_start: 'bigint',
    key_id: 'text',
    team_id: 'text',
    user_id: 'text',
    model: 'text',
    provider: 'text',
    status: 'text',
    calls: 'bigint',
    ...tokenColumnTypes,
    cost_nanos: 'bigint',
    unpriced_calls: 'bigint',
    cache_hits: 'bigint',
    saved_nanos: 'bigint',
  },
  ending: `ON CONFLICT (${keyColumns.join(', ')})
    DO UPDATE SET ${sumColumns.map((column) => `${column} = rollups.${column} + excluded.${column}`).join(', ')}
    RETURNING rollup_id, ${keyColumns.join(', ')}`,
};

const sketches: Insert<RollupSketchesTable> = {
  into: 'rollup_sketches',
  columns: { rollup_id: 'bigint', metric: 'text', bucket: 'integer', count: 'bigint' },
  ending: `ON CONFLICT (rollup_id, metric, bucket)
    DO UPDATE SET count = rollup_sketches.count + excluded.count`,
};

export function createRollups(dialect: SqlDialect) {
  const addCells = dialect.prepareInsert(cells);
  const addSketches = dialect.prepareInsert(sketches);

  return {
    /** Adds records to their cells: one row a cell and bucket, however many records. */
    async add(transaction: Kysely<Tables>, records: BookableRecord[]): Promise<void> {
      const gathered = gather(records);
      const rows = inLockOrder(gathered).map((cell) => cell.row);
      const added = await addCells(transaction, rows);
      // Whoever holds a cell's row holds its sketches: they need no order of their own.
      const sketchRows = added.flatMap((row) =>
        toSketchRows(Number(row.rollup_id), gathered.get(nameOf(row)) as Cell),
      );
      await addSketches(transaction, sketchRows);
    },

    /** Deletes minutes that began before `before`, at most `limit` cells. Gives their number. */
    pruneMinutes(db: Kysely<Tables>, before: number, limit: number): Promise<number> {
      return db.transaction().execute(async (transaction) => {
        if (!(await dialect.takePruning(transaction))) return 0;
        const { rows } = await sql<{ rollup_id: number }>`
          DELETE FROM rollups WHERE rollup_id IN (
            SELECT rollup_id FROM rollups
            WHERE cell_seconds = ${minuteSeconds} AND cell_start < ${before}
            LIMIT ${limit} ${sql.raw(dialect.passOverHeld)})
          RETURNING rollup_id`.execute(transaction);
        const ids = rows.map((row) => row.rollup_id);
        if (ids.length > 0) {
          await transaction.deleteFrom('rollup_sketches').where('rollup_id', 'in', ids).execute();
        }
        return ids.length;
      });
    },
  };
}

function toSketchRows(rollup_id: number, cell: Cell): RollupSketchesTable[] {
  return [...cell.sketches].flatMap(([metric, buckets]) =>
    [...buckets].map(([bucket, count]) => ({ rollup_id, metric, bucket, count })),
  );
}

/** The cells of records, by name. */
function gather(records: BookableRecord[]): Map<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const { data } of records) {
    for (const cellSeconds of cellSizesOf(data.started_at)) {
      const key = keyOf(data, cellSeconds);
      const name = nameOf(key);
      const cell = cells.get(name) ?? { row: { ...key, ...nothing() }, sketches: new Map() };
      cells.set(name, cell);
      addTo(cell, data);
    }
  }
  return cells;
}

/** What is past the minutes' time when it comes would only be written to be deleted. */
function cellSizesOf(startedAt: EpochMs): number[] {
  const isOld = startedAt < Date.now() - minutesKeptMs;
  return isOld ? [quarterSeconds] : [minuteSeconds, quarterSeconds];
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
  return { calls: 0, ...tokens, cost_nanos: 0, unpriced_calls: 0, cache_hits: 0, saved_nanos: 0 };
}

function addTo({ row, sketches }: Cell, data: BookableRecord['data']) {
  row.calls++;
  const tokens = toTokenColumns(data.tokens);
  for (const kind of tokenKinds) row[`tokens_${kind}`] += tokens[`tokens_${kind}`];
  row.cost_nanos += data.cost_nanos ?? 0;
  if (data.cache_hit) row.cache_hits++;
  row.saved_nanos += data.saved_nanos ?? 0;
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
