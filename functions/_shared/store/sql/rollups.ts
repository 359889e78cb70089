import { type Kysely, sql } from 'kysely';
import type { BookableRecord } from '../request-logs.ts';
import type { SqlDialect } from './dialect.ts';
import { day, levels, minute, minuteMs, minutesAskedMs } from './rollup-levels.ts';
import { createRollupNames } from './rollup-names.ts';
import { gatherRows, keyColumns, namesOf, rollupColumns, sumColumns } from './rollup-rows.ts';
import { joinBytes } from './sketch.ts';
import { inLockOrder } from './statements.ts';
import type { RollupsTable, Tables } from './tables.ts';

/** Longer than they can be asked for: what is left of a quarter is it less its other minutes. */
export const minutesKeptMs = minutesAskedMs + 3600_000;

/** Sketches that grow past this, or a power of two times it, are made short again. */
const joinFrom = 128;

const minuteLevels = levels.filter(({ length }) => length === minute);
const lastingLevels = levels.filter(({ length }) => length !== minute);

export function createRollups(dialect: SqlDialect) {
  const names = createRollupNames(dialect);
  const isLong = `length(rollups.sketches) >= ${joinFrom}`;
  const name = keyColumns.map((column) => `rollups.${column}`).join(` || ' ' || `);
  const onConflict = `ON CONFLICT (${keyColumns.join(', ')}) DO UPDATE SET`;
  const addRows = dialect.prepareInsert<RollupsTable>({
    into: 'rollups',
    columns: rollupColumns,
    ending: `${onConflict}
      ${sumColumns.map((column) => `${column} = rollups.${column} + excluded.${column}`).join(', ')},
      sketches = ${dialect.joined('rollups.sketches', 'excluded.sketches')}
      RETURNING CASE WHEN ${isLong} THEN ${name} END AS name,
        CASE WHEN ${isLong} THEN rollups.sketches END AS sketches`,
  });
  const putSketches = dialect.prepareInsert<RollupsTable>({
    into: 'rollups',
    columns: rollupColumns,
    ending: `${onConflict} sketches = excluded.sketches`,
  });

  function prune(db: Kysely<Tables>, from: number[], before: number, limit: number) {
    return db.transaction().execute(async (transaction) => {
      if (!(await dialect.takePruning(transaction))) return 0;
      const key = sql.raw(keyColumns.join(', '));
      const { rows } = await sql`
        DELETE FROM rollups WHERE (${key}) IN (
          SELECT ${key} FROM rollups
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
      const rows = gatherRows(records, ids, Date.now() - minutesKeptMs);
      const long = await addRows(transaction, inLockOrder(rows));
      // Sketches grow by each booking; these rows are ours until the transaction ends.
      const joined: RollupsTable[] = [];
      for (const { name, sketches } of long as { name: string | null; sketches: Buffer }[]) {
        const row = name === null ? undefined : rows.get(name);
        if (!row) continue;
        const before = sketches.length - row.sketches.length;
        const hasPassedAPower = Math.clz32(before) > Math.clz32(sketches.length);
        if (before > 0 && hasPassedAPower) joined.push({ ...row, sketches: joinBytes(sketches) });
      }
      await putSketches(transaction, joined);
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
