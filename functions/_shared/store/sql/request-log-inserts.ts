import { tokenColumnTypes } from './rows.ts';
import type { Insert } from './statements.ts';
import type {
  AttemptsTable,
  BookedCallsTable,
  PayloadBlocksTable,
  RequestLogsTable,
  SearchSignaturesTable,
} from './tables.ts';

export const logs: Insert<RequestLogsTable> = {
  into: 'request_logs',
  columns: {
    seq: 'bigint',
    id: 'text',
    source: 'text',
    booked_at: 'bigint',
    started_at: 'bigint',
    latency_ms: 'double precision',
    time_to_first_token_ms: 'double precision',
    upstream_ms: 'double precision',
    overhead_ms: 'double precision',
    operation: 'text',
    endpoint: 'text',
    stream: 'integer',
    status: 'text',
    http_status: 'integer',
    error_type: 'text',
    error_code: 'text',
    error_message: 'text',
    finish_reason: 'text',
    model: 'text',
    upstream_model: 'text',
    provider: 'text',
    api_base: 'text',
    deployment_id: 'text',
    response_id: 'text',
    key_id: 'text',
    key_alias: 'text',
    team_id: 'text',
    user_id: 'text',
    end_user: 'text',
    tags: 'text',
    client_ip: 'text',
    user_agent: 'text',
    ...tokenColumnTypes,
    total_tokens: 'bigint',
    tokens_source: 'text',
    cost_nanos: 'bigint',
    cost_lines: 'text',
    price_source: 'text',
    cache_hit: 'integer',
    saved_nanos: 'bigint',
    bodies_withheld: 'text',
    payload_block: 'bigint',
  },
};

export const bookedCalls: Insert<BookedCallsTable> = {
  into: 'booked_calls',
  columns: { seq: 'bigint', name: 'bytes', booked_at: 'bigint' },
  // Either the call is booked already or its place is taken.
  ending: 'ON CONFLICT DO NOTHING RETURNING seq',
};

export const payloadBlocks: Insert<PayloadBlocksTable> = {
  into: 'payload_blocks',
  columns: {
    block_id: 'bigint',
    newest: 'bigint',
    records: 'integer',
    joinable: 'integer',
    previews: 'bytes',
    bytes: 'bytes',
  },
};

export const searchSignatures: Insert<SearchSignaturesTable> = {
  into: 'search_signatures',
  columns: { newest: 'bigint', block_id: 'bigint', signature: 'bytes' },
};

export const attempts: Insert<AttemptsTable> = {
  into: 'attempts',
  columns: {
    seq: 'bigint',
    ordinal: 'integer',
    deployment_id: 'text',
    provider: 'text',
    upstream_model: 'text',
    api_base: 'text',
    started_at: 'bigint',
    duration_ms: 'double precision',
    status: 'text',
    http_status: 'integer',
    error_type: 'text',
    error_code: 'text',
    error_message: 'text',
  },
};
