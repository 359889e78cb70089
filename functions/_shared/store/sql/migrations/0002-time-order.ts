import { zstdDecompressSync } from 'node:zlib';
import { type Kysely, sql } from 'kysely';
import { requestCompleted } from '../../../events/types.ts';
import type { BookableRecord } from '../../request-logs.ts';
import { createBooking } from '../booking.ts';
import type { SqlDialect } from '../dialect.ts';
import { foldAll } from '../folding.ts';
import type { Tables } from '../tables.ts';
import { addPendingRollups } from './0004-pending-rollups.ts';

const kinds = [
  'input',
  'cache_read',
  'cache_write',
  'input_audio',
  'output',
  'reasoning',
  'output_audio',
] as const;
const tokens = kinds.map((kind) => `tokens_${kind} bigint NOT NULL`).join(', ');
const batchSize = 500;

/**
 * Orders the logs by one number, keeps payloads in blocks with signatures to search by, and
 * remembers what was booked apart from the logs. Nothing was ever deleted from the first layout but
 * minutes, so all that is derived from its records is made anew, by booking them.
 */
export async function orderByTime(db: Kysely<Tables>, dialect: SqlDialect): Promise<void> {
  const run = async (statements: string[]) => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  };
  const indexes = ['time', 'model', 'status', 'response'];
  // A partition keeps its name when its table gets another.
  const tables = await db.introspection.getTables();
  const hasPartitions = tables.some(({ name }) => name === 'request_logs_other');
  await run([
    ...(hasPartitions ? ['ALTER TABLE request_logs_other RENAME TO first_request_logs_other'] : []),
    'ALTER TABLE request_logs RENAME TO first_request_logs',
    'ALTER TABLE attempts RENAME TO first_attempts',
    ...indexes.map((name) => `DROP INDEX request_logs_by_${name}`),
    'CREATE INDEX first_order ON first_request_logs (started_at, id, source)',
    'DROP TABLE IF EXISTS booked_calls',
    'DROP TABLE rollup_sketches',
    'DROP TABLE rollups',
    'DELETE FROM spend',
    ...layout(dialect),
    ...dialect.logs.setUp,
  ]);
  await addPendingRollups(db, dialect);
  const booking = createBooking(dialect);
  let last: BookableRecord | undefined;
  do {
    const records = await firstRecords(db, last);
    const times = records.map(({ data }) => data.started_at);
    await dialect.logs.makeRoom(db, times);
    await booking.bookIn(db, records);
    await foldAll(db, booking.rollups);
    last = records.at(-1);
  } while (last);
  await run([
    'DROP TABLE first_request_logs',
    'DROP TABLE first_attempts',
    'DROP TABLE request_payloads',
  ]);
}

function layout({ text, bytes, serial, seqKey, clustered, logs }: SqlDialect): string[] {
  return [
    `CREATE TABLE request_logs (
      seq ${seqKey}, id ${text} NOT NULL, source ${text} NOT NULL,
      booked_at bigint NOT NULL, started_at bigint NOT NULL,
      latency_ms double precision, time_to_first_token_ms double precision,
      upstream_ms double precision, overhead_ms double precision,
      operation ${text} NOT NULL, endpoint ${text} NOT NULL, stream integer NOT NULL,
      status ${text} NOT NULL, http_status integer,
      error_type ${text}, error_code ${text}, error_message ${text}, finish_reason ${text},
      model ${text} NOT NULL, upstream_model ${text}, provider ${text}, api_base ${text},
      deployment_id ${text}, response_id ${text},
      key_id ${text} NOT NULL, key_alias ${text}, team_id ${text} NOT NULL, user_id ${text} NOT NULL,
      end_user ${text} NOT NULL, tags ${text} NOT NULL, client_ip ${text}, user_agent ${text},
      ${tokens}, total_tokens bigint NOT NULL, tokens_source ${text},
      cost_nanos bigint, cost_lines ${text} NOT NULL, price_source ${text},
      cache_hit integer NOT NULL, saved_nanos bigint, bodies_withheld ${text},
      payload_block bigint) ${logs.clause}`,
    'CREATE INDEX request_logs_by_booking ON request_logs (booked_at)',
    'CREATE INDEX request_logs_by_model ON request_logs (model, seq)',
    // Keys are long; their beginning tells them apart.
    'CREATE INDEX request_logs_by_key ON request_logs (substr(key_id, 1, 10), seq)',
    "CREATE INDEX request_logs_by_status ON request_logs (status, seq) WHERE status <> 'success'",
    "CREATE INDEX request_logs_by_team ON request_logs (team_id, seq) WHERE team_id <> ''",
    "CREATE INDEX request_logs_by_user ON request_logs (user_id, seq) WHERE user_id <> ''",
    // What comes before tells an API's ids from another's, not one from the next.
    `CREATE INDEX request_logs_by_response ON request_logs (substr(response_id, 10, 14))
      WHERE response_id IS NOT NULL`,
    `CREATE TABLE booked_calls (
      seq ${seqKey}, name ${bytes} NOT NULL UNIQUE, booked_at bigint NOT NULL DEFAULT 0)`,
    `CREATE TABLE payload_blocks (
      block_id ${seqKey}, newest bigint NOT NULL, records integer NOT NULL,
      joinable integer NOT NULL, previews ${bytes} NOT NULL, bytes ${bytes} NOT NULL)`,
    // With their size, so that they are added up without a look at them.
    'CREATE INDEX payload_blocks_by_newest ON payload_blocks (newest, (length(bytes) + length(previews)))',
    'CREATE INDEX payload_blocks_to_join ON payload_blocks (newest, records) WHERE joinable = 1',
    `CREATE TABLE search_signatures (
      newest ${seqKey}, block_id bigint NOT NULL, signature ${bytes} NOT NULL)`,
    `CREATE TABLE kept_payloads (
      id ${text} NOT NULL, source ${text} NOT NULL, kept_at bigint NOT NULL,
      bytes ${bytes} NOT NULL, PRIMARY KEY (id, source))`,
    'CREATE INDEX kept_payloads_by_age ON kept_payloads (kept_at)',
    `CREATE TABLE attempts (
      seq bigint NOT NULL, ordinal integer NOT NULL,
      deployment_id ${text}, provider ${text}, upstream_model ${text},
      api_base ${text}, started_at bigint NOT NULL, duration_ms double precision NOT NULL,
      status ${text} NOT NULL, http_status integer,
      error_type ${text}, error_code ${text}, error_message ${text},
      PRIMARY KEY (seq, ordinal)) ${clustered}`,
    'CREATE INDEX alerts_by_time ON alerts (raised_at, id)',
    `CREATE TABLE rollup_names (name_id ${serial}, name ${text} NOT NULL UNIQUE)`,
    `CREATE TABLE rollups (
      level integer NOT NULL, cell_start integer NOT NULL,
      key_id integer NOT NULL, user_id integer NOT NULL, team_id integer NOT NULL,
      tag integer NOT NULL, model integer NOT NULL, provider integer NOT NULL,
      status integer NOT NULL,
      calls bigint NOT NULL, failures bigint NOT NULL, interruptions bigint NOT NULL,
      ${tokens}, cost_nanos bigint NOT NULL, unpriced_calls bigint NOT NULL,
      cache_hits bigint NOT NULL, saved_nanos bigint NOT NULL, sketches ${bytes} NOT NULL,
      PRIMARY KEY (level, cell_start, key_id, user_id, team_id, tag, model, provider, status))
      ${clustered}`,
  ];
}

type FirstRow = Record<string, string | number | null> & { id: string; source: string };

/** Records of the first layout, whole, in the order of time. */
async function firstRecords(
  db: Kysely<Tables>,
  after: BookableRecord | undefined,
): Promise<BookableRecord[]> {
  const { rows } = await sql<FirstRow & { request: Buffer | null; response: Buffer | null }>`
    SELECT logs.*, request, response FROM first_request_logs AS logs
      LEFT JOIN request_payloads AS bodies ON bodies.id = logs.id AND bodies.source = logs.source
      WHERE (logs.started_at, logs.id, logs.source) >
        (${after?.data.started_at ?? -1}, ${after?.id ?? ''}, ${after?.source ?? ''})
      ORDER BY logs.started_at, logs.id, logs.source LIMIT ${batchSize}`.execute(db);
  if (rows.length === 0) return [];
  const ids = sql.join(rows.map(({ id }) => sql`${id}`));
  const attempts = await sql<FirstRow>`
    SELECT * FROM first_attempts WHERE id IN (${ids}) ORDER BY ordinal`.execute(db);
  const nameOf = ({ id, source }: FirstRow) => JSON.stringify([id, source]);
  const attemptsOf = Map.groupBy(attempts.rows, nameOf);
  const body = (bytes: Buffer | null) =>
    bytes && JSON.parse(zstdDecompressSync(bytes).toString('utf8'));
  return rows.map(({ request, response, ...row }) => ({
    id: row.id,
    source: row.source,
    data: requestCompleted.parse({
      ...row,
      stream: row.stream === 1,
      error: errorOf(row),
      tags: JSON.parse(String(row.tags)),
      cost_lines: JSON.parse(String(row.cost_lines)),
      tokens: Object.fromEntries(kinds.map((kind) => [kind, row[`tokens_${kind}`]])),
      attempts: (attemptsOf.get(nameOf(row)) ?? []).map((attempt) => ({
        ...attempt,
        error: errorOf(attempt),
      })),
      request: body(request),
      response: body(response),
    }),
  }));
}

const errorOf = ({ error_type: type, error_code: code, error_message: message }: FirstRow) =>
  type === null ? null : { type, code, message: message ?? '' };
