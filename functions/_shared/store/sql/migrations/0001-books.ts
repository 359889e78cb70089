import { type Kysely, sql } from 'kysely';
import type { SqlDialect } from '../dialect.ts';
import type { Tables } from '../tables.ts';

/** The token kinds that there were. */
const kinds = [
  'input',
  'cache_read',
  'cache_write',
  'input_audio',
  'output',
  'reasoning',
  'output_audio',
];
const tokenColumns = kinds.map((kind) => `tokens_${kind} bigint NOT NULL`).join(', ');

/**
 * The first layout. PostgreSQL had its logs in partitions; a new database only passes through here,
 * and needs none.
 */
export async function createBooks(db: Kysely<Tables>, dialect: SqlDialect): Promise<void> {
  const { text, bytes, serial } = dialect;
  const statements = [
    `CREATE TABLE request_logs (
      id ${text} NOT NULL, source ${text} NOT NULL, started_at bigint NOT NULL,
      latency_ms double precision, time_to_first_token_ms double precision,
      upstream_ms double precision, overhead_ms double precision,
      operation ${text} NOT NULL, endpoint ${text} NOT NULL, stream integer NOT NULL,
      status ${text} NOT NULL, http_status integer,
      error_type ${text}, error_code ${text}, error_message ${text}, finish_reason ${text},
      model ${text} NOT NULL, upstream_model ${text}, provider ${text}, api_base ${text},
      deployment_id ${text}, response_id ${text},
      key_id ${text} NOT NULL, key_alias ${text}, team_id ${text} NOT NULL, user_id ${text} NOT NULL,
      end_user ${text} NOT NULL, tags ${text} NOT NULL, client_ip ${text}, user_agent ${text},
      ${tokenColumns}, total_tokens bigint NOT NULL, tokens_source ${text},
      cost_nanos bigint, cost_lines ${text} NOT NULL, price_source ${text}, bodies_withheld ${text},
      request_preview ${text} NOT NULL, response_preview ${text} NOT NULL,
      PRIMARY KEY (id, source))`,
    'CREATE INDEX request_logs_by_time ON request_logs (started_at, id)',
    'CREATE INDEX request_logs_by_model ON request_logs (model, started_at, id)',
    'CREATE INDEX request_logs_by_status ON request_logs (status, started_at, id)',
    'CREATE INDEX request_logs_by_response ON request_logs (response_id)',
    `CREATE TABLE request_payloads (
      id ${text} NOT NULL, source ${text} NOT NULL,
      request ${bytes}, response ${bytes},
      PRIMARY KEY (id, source))`,
    `CREATE TABLE attempts (
      id ${text} NOT NULL, source ${text} NOT NULL, ordinal integer NOT NULL,
      deployment_id ${text} NOT NULL, provider ${text} NOT NULL, upstream_model ${text} NOT NULL,
      api_base ${text}, started_at bigint NOT NULL, duration_ms double precision NOT NULL,
      status ${text} NOT NULL, http_status integer,
      error_type ${text}, error_code ${text}, error_message ${text},
      PRIMARY KEY (id, source, ordinal))`,
    `CREATE TABLE rollups (
      rollup_id ${serial},
      cell_seconds integer NOT NULL, cell_start bigint NOT NULL,
      key_id ${text} NOT NULL, team_id ${text} NOT NULL, user_id ${text} NOT NULL,
      model ${text} NOT NULL, provider ${text} NOT NULL, status ${text} NOT NULL,
      calls bigint NOT NULL, ${tokenColumns},
      cost_nanos bigint NOT NULL, unpriced_calls bigint NOT NULL,
      UNIQUE (cell_seconds, cell_start, key_id, team_id, user_id, model, provider, status))`,
    `CREATE TABLE rollup_sketches (
      rollup_id bigint NOT NULL, metric ${text} NOT NULL, bucket integer NOT NULL,
      count bigint NOT NULL,
      PRIMARY KEY (rollup_id, metric, bucket))`,
    `CREATE TABLE spend (
      scope ${text} NOT NULL, id ${text} NOT NULL,
      cost_nanos bigint NOT NULL, calls bigint NOT NULL,
      PRIMARY KEY (scope, id))`,
    `CREATE TABLE alerts (
      id ${text} NOT NULL, rule ${text} NOT NULL, scope ${text} NOT NULL, window_start bigint NOT NULL,
      window_ms double precision NOT NULL, severity ${text} NOT NULL,
      value double precision NOT NULL, threshold double precision NOT NULL,
      message ${text} NOT NULL, raised_at bigint NOT NULL,
      PRIMARY KEY (rule, scope, window_start))`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
