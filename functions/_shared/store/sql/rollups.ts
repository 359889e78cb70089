import { type Kysely, sql } from 'kysely';
import type { BookableRecord } from '../request-logs.ts';
import { createAdding } from './adding-sums.ts';
import type { SqlDialect } from './dialect.ts';
import { gatherPending, namesOf, pendingColumns, pendingKey } from './pending-rows.ts';
import { day, levels, minute, minuteMs, minutesKeptMs } from './rollup-levels.ts';
import { createRollupNames } from './rollup-names.ts';
import { gatherRows, keyColumns, rollupColumns } from './rollup-rows.ts';
import { inLockOrder } from './statements.ts';
import type { PendingRollupsTable, RollupsTable, Tables } from './tables.ts';

const minuteLevels = levels.filter(({ length }) => length === minute);
const lastingLevels = levels.filter(({ length }) => length !== minute);

export interface FoldOptions {
  /** Only minutes before this one, since 1970-01-01. */
  before?: number | undefined;
  limit: number;
}

/**
 * A call that is booked is written to one row, of those that are pending. Folding takes such rows
 * and adds them to all the levels: many calls share a row there, so that many at a time take a
 * fraction of the writes. Usage is the sum of both.
 */
export function createRollups(dialect: SqlDialect) {
  const names = createRollupNames(dialect);
  const key = keyColumns.join(', ');
  const addPending = createAdding<PendingRollupsTable>(dialect, {
    into: 'pending_rollups',
    columns: pendingColumns,
    key: pendingKey,
  });
  const addRows = createAdding<RollupsTable>(dialect, {
    into: 'rollups',
    columns: rollupColumns,
    key: keyColumns,
  });

  /** Of two who fold at a time each takes rows of its own; who books one that is held waits for it. */
  async function take(
    transaction: Kysely<Tables>,
    { before, limit }: FoldOptions,
  ): Promise<PendingRollupsTable[]> {
    const ofPending = sql.raw(pendingKey.join(', '));
    const { rows } = await sql<PendingRollupsTable>`
      WITH taken AS MATERIALIZED (
        SELECT ${ofPending} FROM pending_rollups
        ${before === undefined ? sql`` : sql`WHERE minute < ${before}`}
        ORDER BY ${ofPending} LIMIT ${limit} ${sql.raw(dialect.passOverHeld)})
      DELETE FROM pending_rollups WHERE (${ofPending}) IN (SELECT ${ofPending} FROM taken)
      RETURNING *`.execute(transaction);
    return rows;
  }

  async function prune(db: Kysely<Tables>, from: number[], before: number, limit: number) {
    const { rows } = await sql`
      DELETE FROM rollups WHERE (${sql.raw(key)}) IN (
        SELECT ${sql.raw(key)} FROM rollups
        WHERE level IN (${sql.join(from)}) AND cell_start < ${before}
        ORDER BY level, cell_start
        LIMIT ${limit} ${sql.raw(dialect.passOverHeld)})
      RETURNING 1`.execute(db);
    return rows.length;
  }

  return {
    /** Adds records to what is pending. */
    async add(transaction: Kysely<Tables>, records: BookableRecord[]): Promise<void> {
      if (records.length === 0) return;
      const ids = await names.idsFor(transaction, namesOf(records));
      await addPending(transaction, inLockOrder(gatherPending(records, ids)));
    },

    /** Folds pending rows, the oldest first. Gives their number. */
    async foldIn(transaction: Kysely<Tables>, options: FoldOptions): Promise<number> {
      const taken = await take(transaction, options);
      if (taken.length === 0) return 0;
      const none = (await names.idsFor(transaction, [''])).get('') as number;
      await addRows(transaction, inLockOrder(gatherRows(taken, none, Date.now() - minutesKeptMs)));
      return taken.length;
    },

    /** Deletes rows of minutes that began before `before`, at most `limit`. Gives their number. */
    pruneMinutes(db: Kysely<Tables>, before: number, limit: number): Promise<number> {
      const levels = minuteLevels.map(({ level }) => level);
      return prune(db, levels, Math.floor(before / minuteMs), limit);
    },

    /**
     * Deletes rows of whole days before `before`, at most `limit`. Gives their number. The finest go
     * first: a part of a day is also looked up as the day less its other parts.
     */
    pruneCells(db: Kysely<Tables>, before: number, limit: number): Promise<number> {
      const levels = lastingLevels.map(({ level }) => level);
      return prune(db, levels, Math.floor(before / minuteMs / day) * day, limit);
    },
  };
}
