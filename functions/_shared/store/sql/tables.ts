import type { Generated } from 'kysely';
import type { TokenKind } from '../../units.ts';
import type { GovernanceTables } from './governance/tables.ts';

/** One column a token kind: `tokens_input`, `tokens_cache_read`, … */
type TokenColumns = { [Kind in TokenKind as `tokens_${Kind}`]: number };

export interface RequestLogsTable extends TokenColumns {
  /** See `seq.ts`. */
  seq: number;
  id: string;
  source: string;
  booked_at: number;
  started_at: number;
  latency_ms: number | null;
  time_to_first_token_ms: number | null;
  upstream_ms: number | null;
  overhead_ms: number | null;
  operation: string;
  endpoint: string;
  stream: number;
  status: string;
  http_status: number | null;
  error_type: string | null;
  error_code: string | null;
  error_message: string | null;
  finish_reason: string | null;
  model: string;
  upstream_model: string | null;
  provider: string | null;
  api_base: string | null;
  deployment_id: string | null;
  response_id: string | null;
  key_id: string;
  key_alias: string | null;
  team_id: string;
  user_id: string;
  end_user: string;
  /** JSON. */
  tags: string;
  client_ip: string | null;
  user_agent: string | null;
  total_tokens: number;
  tokens_source: string | null;
  cost_nanos: number | null;
  /** JSON. */
  cost_lines: string;
  price_source: string | null;
  /** 0 or 1. */
  cache_hit: number;
  saved_nanos: number | null;
  bodies_withheld: string | null;
  /** The block that holds its bodies; null where there were none. */
  payload_block: number | null;
}

/** Every call that was ever booked, so that it is booked once; outlives the log. */
export interface BookedCallsTable {
  seq: number;
  /** See `call-name.ts`. */
  name: Buffer;
  booked_at: number;
}

export interface PayloadBlocksTable {
  /** The `seq` of the first record that it was made of. */
  block_id: number;
  /** The highest `seq` in it: it is as old as its youngest record. */
  newest: number;
  records: number;
  /** Of each record `[seq, request preview, response preview]`, as JSON, zstd. */
  previews: Buffer;
  /** See `payload-blocks.ts`. */
  bytes: Buffer;
  /** 1 while it is small enough to be joined with others. */
  joinable: number;
}

export interface SearchSignaturesTable {
  newest: number;
  block_id: number;
  /** Of the words in the block; see `search/signature.ts`. */
  signature: Buffer;
}

/** Bodies that came ahead of their record. */
export interface KeptPayloadsTable {
  id: string;
  source: string;
  kept_at: number;
  /** JSON of a payload, zstd. */
  bytes: Buffer;
}

export interface AttemptsTable {
  seq: number;
  ordinal: number;
  /** Null where it is what the log row has. */
  deployment_id: string | null;
  provider: string | null;
  upstream_model: string | null;
  api_base: string | null;
  started_at: number;
  duration_ms: number;
  status: string;
  http_status: number | null;
  error_type: string | null;
  error_code: string | null;
  error_message: string | null;
}

/** Sums over calls; what a row is about says its level, see `rollup-levels.ts`. */
export interface RollupsTable extends TokenColumns {
  level: number;
  /** In minutes since 1970-01-01. */
  cell_start: number;
  /** From here on the numbers of names, of `rollup_names`. */
  key_id: number;
  user_id: number;
  team_id: number;
  tag: number;
  model: number;
  provider: number;
  status: number;
  calls: number;
  failures: number;
  interruptions: number;
  cost_nanos: number;
  unpriced_calls: number;
  cache_hits: number;
  saved_nanos: number;
  /** See `sketch.ts`. */
  sketches: Buffer;
}

/** What was booked and is not in the rollups yet: sums over calls alike in every dimension. */
export interface PendingRollupsTable extends Omit<RollupsTable, 'level' | 'cell_start' | 'tag'> {
  /** Since 1970-01-01. */
  minute: number;
  /** The numbers of the tags that count, from the lowest, with a space between. */
  tags: string;
}

export interface RollupNamesTable {
  name_id: Generated<number>;
  name: string;
}

export interface SpendTable {
  scope: string;
  id: string;
  cost_nanos: number;
  calls: number;
}

export interface AlertsTable {
  id: string;
  rule: string;
  scope: string;
  window_start: number;
  window_ms: number;
  severity: string;
  value: number;
  threshold: number;
  message: string;
  raised_at: number;
}

export interface CacheTable {
  namespace: string;
  key: string;
  put_at: number;
  expires_at: number | null;
  /** Of `value`, in bytes. */
  size: number;
  value: Buffer;
}

export interface Tables extends GovernanceTables {
  request_logs: RequestLogsTable;
  booked_calls: BookedCallsTable;
  payload_blocks: PayloadBlocksTable;
  search_signatures: SearchSignaturesTable;
  kept_payloads: KeptPayloadsTable;
  attempts: AttemptsTable;
  rollups: RollupsTable;
  pending_rollups: PendingRollupsTable;
  rollup_names: RollupNamesTable;
  spend: SpendTable;
  alerts: AlertsTable;
  cache: CacheTable;
}
