import { type Kysely, sql } from 'kysely';
import type { SqlDialect } from '../dialect.ts';
import type { Tables } from '../tables.ts';

const kinds = [
  'input',
  'cache_read',
  'cache_write',
  'input_audio',
  'output',
  'reasoning',
  'output_audio',
];
const tokens = kinds.map((kind) => `tokens_${kind} bigint NOT NULL`).join(', ');

/** What is booked waits here until it is added to the rollups, many calls at a time. */
export async function addPendingRollups(db: Kysely<Tables>, dialect: SqlDialect): Promise<void> {
  const { text, bytes, clustered } = dialect;
  // Bringing up the first layout books its records, and needs it there already.
  await sql
    .raw(`CREATE TABLE IF NOT EXISTS pending_rollups (
      minute integer NOT NULL,
      key_id integer NOT NULL, user_id integer NOT NULL, team_id integer NOT NULL,
      tags ${text} NOT NULL, model integer NOT NULL, provider integer NOT NULL,
      status integer NOT NULL,
      calls bigint NOT NULL, failures bigint NOT NULL, interruptions bigint NOT NULL,
      ${tokens}, cost_nanos bigint NOT NULL, unpriced_calls bigint NOT NULL,
      cache_hits bigint NOT NULL, saved_nanos bigint NOT NULL, sketches ${bytes} NOT NULL,
      PRIMARY KEY (minute, key_id, user_id, team_id, tags, model, provider, status))
      ${clustered}`)
    .execute(db);
}
