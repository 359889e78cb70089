import { type Kysely, sql } from 'kysely';
import type { Tables } from '../sql/tables.ts';
import { monthOfPartition, seqAfterMonth } from './partitions.ts';

/** To drop a partition locks all logs; whoever waits for that lock holds up all who come after. */
const lockPatience = '200ms';

/**
 * Drops the oldest partition all of whose calls have a lower `seq`: at once, where deleting its rows
 * would take as long as writing them did, and its room is free again. Where the lock is not to be
 * had its rows are left to be deleted one by one.
 */
export async function dropPastPartition(
  db: Kysely<Tables>,
  seq: number,
): Promise<{ rows: number; bytes: number } | undefined> {
  // How many rows there are is the server's estimate: to count them would take longer than to drop.
  const { rows: parts } = await sql<{ name: string; rows: number; bytes: number }>`
    SELECT relname AS name, GREATEST(reltuples, 0)::bigint AS rows,
      pg_total_relation_size(inhrelid) AS bytes
      FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
      WHERE inhparent = 'request_logs'::regclass ORDER BY relname`.execute(db);
  const past = parts.find(({ name }) => {
    const month = monthOfPartition(name);
    return month !== undefined && seqAfterMonth(month) <= seq;
  });
  if (!past) return;
  try {
    await db.transaction().execute(async (transaction) => {
      await sql.raw(`SET LOCAL lock_timeout = '${lockPatience}'`).execute(transaction);
      await sql`DROP TABLE ${sql.table(past.name)}`.execute(transaction);
    });
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { code?: string };
    if (code !== '55P03') throw error;
    return;
  }
  return { rows: past.rows, bytes: past.bytes };
}
