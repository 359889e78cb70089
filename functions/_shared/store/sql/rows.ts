import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Selectable } from 'kysely';
import type { Attempt, CallError } from '../../events/types.ts';
import { type TokenKind, type Tokens, tokenKinds, totalTokens } from '../../units.ts';
import type { BookableRecord, RequestLogRow } from '../store.ts';
import { requestPreview, responsePreview } from './previews.ts';
import type { AttemptsTable, RequestLogsTable, RequestPayloadsTable } from './tables.ts';

export type TokenColumn = `tokens_${TokenKind}`;
export const tokenColumns = tokenKinds.map((kind): TokenColumn => `tokens_${kind}`);

export const tokenColumnTypes = Object.fromEntries(
  tokenColumns.map((column) => [column, 'bigint']),
) as Record<TokenColumn, 'bigint'>;

export function toTokenColumns(tokens: Tokens): Record<TokenColumn, number> {
  return Object.fromEntries(tokenKinds.map((kind) => [`tokens_${kind}`, tokens[kind]])) as Record<
    TokenColumn,
    number
  >;
}

export function fromTokenColumns(row: Record<TokenColumn, number>): Tokens {
  return Object.fromEntries(
    tokenKinds.map((kind) => [kind, Number(row[`tokens_${kind}`])]),
  ) as Tokens;
}

const toErrorColumns = (error: CallError | null) => ({
  error_type: error?.type ?? null,
  error_code: error?.code ?? null,
  error_message: error?.message ?? null,
});

function fromErrorColumns(row: ReturnType<typeof toErrorColumns>): CallError | null {
  if (row.error_type === null) return null;
  return { type: row.error_type, code: row.error_code, message: row.error_message ?? '' };
}

export function toLogRow({ id, source, data }: BookableRecord): RequestLogsTable {
  const { tokens, error, stream, tags, cost_lines, attempts, request, response, ...columns } = data;
  return {
    ...columns,
    id,
    source,
    stream: stream ? 1 : 0,
    ...toErrorColumns(error),
    tags: JSON.stringify(tags),
    ...toTokenColumns(tokens),
    total_tokens: totalTokens(tokens),
    cost_lines: JSON.stringify(cost_lines),
    request_preview: requestPreview(request),
    response_preview: responsePreview(response),
  };
}

export function fromLogRow(row: Selectable<RequestLogsTable>): RequestLogRow {
  const { error_type, error_code, error_message, tags, cost_lines, stream, ...columns } = row;
  const plain = Object.fromEntries(
    Object.entries(columns).filter(([name]) => !tokenColumns.includes(name as TokenColumn)),
  );
  return {
    ...plain,
    stream: stream === 1,
    error: fromErrorColumns({ error_type, error_code, error_message }),
    tags: JSON.parse(tags),
    cost_lines: JSON.parse(cost_lines),
    tokens: fromTokenColumns(row),
  } as RequestLogRow;
}

export const hasBody = ({ data }: BookableRecord): boolean =>
  data.request != null || data.response != null;

export function toPayloadRow({ id, source, data }: BookableRecord): RequestPayloadsTable {
  return { id, source, request: compress(data.request), response: compress(data.response) };
}

const compress = (body: unknown): Buffer | null =>
  body == null ? null : zstdCompressSync(JSON.stringify(body));

export const decompress = (bytes: Buffer | null | undefined): unknown =>
  bytes == null ? null : JSON.parse(zstdDecompressSync(bytes).toString('utf8'));

export function toAttemptRows({ id, source, data }: BookableRecord): AttemptsTable[] {
  return data.attempts.map(({ error, ...attempt }, ordinal) => ({
    ...attempt,
    id,
    source,
    ordinal,
    ...toErrorColumns(error),
  }));
}

export function fromAttemptRow(row: Selectable<AttemptsTable>): Attempt {
  const { id, source, ordinal, error_type, error_code, error_message, ...attempt } = row;
  const error = fromErrorColumns({ error_type, error_code, error_message });
  return { ...attempt, error } as Attempt;
}
