import { sql } from 'kysely';
import type { SqlDialect } from '../sql/dialect.ts';
import { prepareColumns, prepareColumnsOnce } from './inserts.ts';
import { locks } from './locks.ts';
import { createPartitions } from './partitions.ts';

/** What PostgreSQL calls things; a new one for each database, since it remembers its partitions. */
export const createPostgresDialect = (): SqlDialect => ({
  text: 'text COLLATE "C"',
  bytes: 'bytea',
  serial: 'bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
  passOverHeld: 'FOR UPDATE SKIP LOCKED',
  logs: {
    // A partition's key must hold what it is partitioned by: `booked_calls` keeps calls unique.
    key: 'id, source, started_at',
    clause: 'PARTITION BY RANGE (started_at)',
    setUp: [
      'CREATE TABLE request_logs_other PARTITION OF request_logs DEFAULT',
      `CREATE TABLE booked_calls (
        id text COLLATE "C" NOT NULL, source text COLLATE "C" NOT NULL, started_at bigint NOT NULL,
        PRIMARY KEY (id, source))`,
      // Bodies come compressed; trying again takes the server a fifth of the insert.
      `ALTER TABLE request_payloads
        ALTER request SET STORAGE EXTERNAL, ALTER response SET STORAGE EXTERNAL`,
    ],
    makeRoom: createPartitions(),
  },
  prepareInsert: prepareColumns,
  prepareInsertOnce: prepareColumnsOnce,
  async lockMigrations(db) {
    await sql`SELECT pg_advisory_xact_lock(${locks.migrations}::bigint)`.execute(db);
  },
  async takePruning(db) {
    const { rows } = await sql<{ taken: boolean }>`
      SELECT pg_try_advisory_xact_lock(${locks.pruning}::bigint) AS taken`.execute(db);
    return rows[0]?.taken === true;
  },
});
