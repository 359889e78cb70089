import { type Kysely, sql } from 'kysely';
import type { Changes, ChangesSince } from '../../governance/changes.ts';
import type { KindName } from '../../governance/kinds.ts';
import type { SqlDialect } from '../dialect.ts';
import type { Insert } from '../statements.ts';
import type { Tables } from '../tables.ts';
import type { ChangeCounterTable, ChangesTable } from './tables.ts';

/** More than any replica is out of reach before it would rather begin anew. */
const toldForMs = 2 * 3600_000;
const pageSize = 1000;

const rows: Insert<ChangesTable> = {
  into: 'changes',
  columns: { seq: 'bigint', kind: 'text', id: 'text', changed_at: 'bigint' },
};

interface Changed {
  kind: KindName;
  id: string;
}

/** The changes' numbers, in the order in which they were committed. */
export function createChangeNumbers(dialect: SqlDialect) {
  const insert = dialect.prepareInsert(rows);
  return {
    /**
     * Takes the next numbers, and holds the counter until the transaction ends: changes are made one
     * after the other. A number that a database counts up by itself may be seen before a lower
     * one is, and whoever looked in between would miss that one for ever.
     */
    async take(transaction: Kysely<Tables>, count: number): Promise<number> {
      const counted = await sql<{ seq: number }>`
        INSERT INTO change_counter (id, seq, forgotten) VALUES (1, ${count}, 0)
          ON CONFLICT (id) DO UPDATE SET seq = change_counter.seq + excluded.seq
          RETURNING seq`.execute(transaction);
      return Number(counted.rows[0]?.seq) - count + 1;
    },

    async tell(transaction: Kysely<Tables>, first: number, changed: Changed[]): Promise<void> {
      const changed_at = Date.now();
      await insert(
        transaction,
        changed.map(({ kind, id }, index) => ({ seq: first + index, kind, id, changed_at })),
      );
    },
  };
}

export function createChangesSince(db: Kysely<Tables>): Changes['since'] {
  return async (after): Promise<ChangesSince> => {
    const changes =
      after === null
        ? []
        : (
            await sql<ChangesSince['changes'][number]>`
              SELECT seq, kind, id FROM changes WHERE seq > ${after}
              ORDER BY seq LIMIT ${pageSize}`.execute(db)
          ).rows;
    // Read last: what is forgotten while the changes are read is then known to be.
    const counters = await sql<ChangeCounterTable>`SELECT * FROM change_counter`.execute(db);
    const { seq, forgotten } = counters.rows[0] ?? { seq: 0, forgotten: 0 };
    if (after === null) return { changes: [], next: seq, complete: true };
    // A number that was never given is another database's, or from before a restored backup.
    if (after < forgotten || after > seq) return { changes: [], next: seq, complete: false };
    return { changes, next: changes.at(-1)?.seq ?? after, complete: true };
  };
}

/** Deletes changes that have been told for long enough, at most `limit`; says how many. */
export function forgetChanges(db: Kysely<Tables>, limit: number): Promise<number> {
  const before = Date.now() - toldForMs;
  return db.transaction().execute(async (transaction) => {
    // Before anything is read: who only reads at first may be refused the lock.
    await sql`UPDATE change_counter SET forgotten = forgotten`.execute(transaction);
    const { rows } = await sql<ChangesTable>`
      SELECT seq, changed_at FROM changes ORDER BY seq LIMIT ${limit}`.execute(transaction);
    const old = rows.filter(({ changed_at }) => changed_at < before);
    const last = old.at(-1)?.seq;
    if (last === undefined) return 0;
    await sql`DELETE FROM changes WHERE seq <= ${last}`.execute(transaction);
    await sql`UPDATE change_counter SET forgotten = ${last}`.execute(transaction);
    return old.length;
  });
}
