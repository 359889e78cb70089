import { type Kysely, sql } from 'kysely';
import type { Tables } from '../sql/tables.ts';
import { locks } from './locks.ts';

/**
 * Does the work unless another process is at it; undefined then. The lock is a transaction's, which
 * ends with its connection however it ends, also behind a pooler. It does nothing else, and the
 * server ends it after 30 s: the work must have come to an end by then.
 */
export function alone<Result>(
  db: Kysely<Tables>,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  return db.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ taken: boolean }>`
      SELECT pg_try_advisory_xact_lock(${locks.maintenance}::bigint) AS taken`.execute(transaction);
    return rows[0]?.taken ? work() : undefined;
  });
}
