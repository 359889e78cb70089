import { type Kysely, sql } from 'kysely';
import type { BookableRecord } from '../request-logs.ts';
import type { SqlDialect } from './dialect.ts';
import { day, levels, minute, minuteMs, minutesAskedMs } from './rollup-levels.ts';
import { createRollupNames } from './rollup-names.ts';
import {
  gatherRows,
  keyColumns,
  namesOf,
  noSums,
  rollupColumns,
  sumColumns,
} from './rollup-rows.ts';
import { joinBytes } from './sketch.ts';
import { inLockOrder } from './statements.ts';
import type { RollupsTable, Tables } from './tables.ts';

/** Longer than they can be asked for: what is left of a quarter is it less its other minutes. */
export const minutesKeptMs = minutesAskedMs + 3600_000;

/** Sketches grow by each booking. One in so many makes those short again that are longer than this. */
const joinEvery = 16;
const joinFrom = 128;

const minuteLevels = levels.filter(({ length }) => length === minute);
const lastingLevels = levels.filter(({ length }) => length !== minute);

export function createRollups(dialect: SqlDialect) {
  const names = createRollupNames(dialect);
  const key = keyColumns.join(', ');
  const onConflict = `ON CONFLICT (${key}) DO UPDATE SET`;
  const add = `${onConflict}
    ${sumColumns.map((column) => `${column} = rollups.${column} + excluded.${column}`).join(', ')},
    sketches = ${dialect.joined('rollups.sketches', 'excluded.sketches')}`;
  const prepare = (ending: string) =>
    dialect.prepareInsert<RollupsTable>({ into: 'rollups', columns: rollupColumns, ending });
  const addRows = prepare(add);
  const addAndReturn = prepare(`${add} RETURNING ${[...keyColumns, 'sketches'].join(', ')}`);
  const putSketches = prepare(`${onConflict} sketches = excluded.sketches`);
  let bookings = 0;

  function prune(db: Kysely<Tables>, from: number[], before: number, limit: number) {
    return db.transaction().execute(async (transaction) => {
      if (!(await dialect.takePruning(transaction))) return 0;
      const { rows } = await sql`
        DELETE FROM rollups WHERE (${sql.raw(key)}) IN (
          SELECT ${sql.raw(key)} FROM rollups
          WHERE level IN (${sql.join(from)}) AND cell_start < ${before}
          ORDER BY level, cell_start
          LIMIT ${limit} ${sql.raw(dialect.passOverHeld)})
        RETURNING 1`.execute(transaction);
      return rows.length;
    });
  }

  return {
    /** Adds records to the rows that they belong to: each is written once, however many records. */
    async add(transaction: Kysely<Tables>, records: BookableRecord[]): Promise<void> {
      if (records.length === 0) return;
      const ids = await names.idsFor(transaction, namesOf(records));
      const rows = inLockOrder(gatherRows(records, ids, Date.now() - minutesKeptMs));
      if (bookings++ % joinEvery > 0) {
        await addRows(transaction, rows);
        return;
      }
      const added = (await addAndReturn(transaction, rows)) as unknown as RollupsTable[];
      // These rows are ours until the transaction ends.
      const long = added.filter(({ sketches }) => sketches.length >= joinFrom);
      await putSketches(
        transaction,
        long.map((row) => ({ ...row, ...noSums(), sketches: joinBytes(row.sketches) })),
      );
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
