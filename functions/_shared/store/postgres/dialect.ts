import { type RawBuilder, sql } from 'kysely';
import { sumsOf, type WordProbe } from '../search/signature.ts';
import type { SqlDialect } from '../sql/dialect.ts';
import { prepareColumns } from './inserts.ts';
import { locks } from './locks.ts';
import { createPartitions } from './partitions.ts';
import { dropPastPartition } from './past-partitions.ts';

/** What PostgreSQL calls things; a new one for each database, since it remembers its partitions. */
export const createPostgresDialect = (): SqlDialect => ({
  text: 'text COLLATE "C"',
  bytes: 'bytea',
  serial: 'bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
  passOverHeld: 'FOR UPDATE SKIP LOCKED',
  seqKey: 'bigint PRIMARY KEY',
  clustered: '',
  logs: {
    clause: 'PARTITION BY RANGE (seq)',
    setUp: [
      'CREATE TABLE request_logs_other PARTITION OF request_logs DEFAULT',
      // They come compressed; trying again takes the server a fifth of the insert.
      'ALTER TABLE payload_blocks ALTER bytes SET STORAGE EXTERNAL, ALTER previews SET STORAGE EXTERNAL',
      'ALTER TABLE kept_payloads ALTER bytes SET STORAGE EXTERNAL',
      // Many are read to find one: they stand in the rows, not beside them.
      'ALTER TABLE search_signatures ALTER signature SET STORAGE MAIN',
    ],
    makeRoom: createPartitions(),
    dropBefore: dropPastPartition,
  },
  size: sql`SELECT pg_database_size(current_database()) AS bytes`,
  mayHold,
  joined: (one, other) => `${one} || ${other}`,
  sumOfSketches: "string_agg(sketches, '')",
  numbers(columns) {
    const arrays = Object.values(columns).map((column) => sql`${column}::bigint[]`);
    const names = sql.join(Object.keys(columns).map((name) => sql.ref(name)));
    return sql`SELECT * FROM unnest(${sql.join(arrays)}) AS numbers (${names})`;
  },
  prepareInsert: prepareColumns,
  async lockMigrations(db) {
    await sql`SELECT pg_advisory_xact_lock(${locks.migrations}::bigint)`.execute(db);
  },
  async lockBooking(db) {
    // In the order in which booking and folding write to them. Readers are not held up.
    await sql`LOCK TABLE rollup_names, pending_rollups, rollups, spend
      IN SHARE ROW EXCLUSIVE MODE`.execute(db);
  },
});

/** `get_bit` counts as `createSignature` does: from the lowest bit of the first byte on. */
function mayHold(words: WordProbe[]): RawBuilder<unknown> {
  const bits = sql`(length(signature) * 8)`;
  const isSet = (place: number) =>
    sql`get_bit(signature, (${place}::bigint % ${bits})::integer) = 1`;
  return sql.join(
    words.flatMap((word) => sumsOf(word).map(isSet)),
    sql` AND `,
  );
}
