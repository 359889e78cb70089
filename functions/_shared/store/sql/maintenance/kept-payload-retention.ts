import { type Kysely, sql } from 'kysely';
import type { Tables } from '../tables.ts';
import type { Job } from './job.ts';

/** A record that is not booked a week after its bodies came was given up. */
const keptMs = 7 * 86_400_000;
/** They are the large ones. */
const rowsAStep = 10;

/** Deletes bodies that came ahead of a record which never came. */
export function createKeptPayloadRetention(db: Kysely<Tables>): Job {
  return {
    name: 'kept_payloads',
    async step() {
      const { rows } = await sql<{ size: number }>`
        DELETE FROM kept_payloads WHERE (id, source) IN (
          SELECT id, source FROM kept_payloads WHERE kept_at < ${Date.now() - keptMs}
            ORDER BY kept_at LIMIT ${rowsAStep})
          RETURNING length(bytes) AS size`.execute(db);
      const bytes = rows.reduce((sum, { size }) => sum + size, 0);
      return { more: rows.length === rowsAStep, rows: rows.length, bytes };
    },
  };
}
