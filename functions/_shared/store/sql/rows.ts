import type { Selectable } from 'kysely';
import type { Attempt, CallError, CostLine } from '../../events/types.ts';
import { type TokenKind, type Tokens, tokenKinds, totalTokens } from '../../units.ts';
import type { BookableRecord, RequestLogRow } from '../request-logs.ts';
import { requestPreview, responsePreview } from './previews.ts';
import type { AttemptsTable, RequestLogsTable } from './tables.ts';

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

export function toLogRow(
  { id, source, data }: BookableRecord,
  place: Pick<RequestLogsTable, 'seq' | 'booked_at' | 'payload_block'>,
): RequestLogsTable {
  const {
    tokens,
    error,
    stream,
    cache_hit,
    tags,
    cost_lines,
    attempts,
    request,
    response,
    ...columns
  } = data;
  return {
    ...columns,
    ...place,
    id,
    source,
    stream: stream ? 1 : 0,
    cache_hit: cache_hit ? 1 : 0,
    ...toErrorColumns(error),
    tags: JSON.stringify(tags),
    ...toTokenColumns(tokens),
    total_tokens: totalTokens(tokens),
    cost_lines: toCostLinesColumn(cost_lines),
    request_preview: requestPreview(request),
    response_preview: responsePreview(response),
  };
}

/** Without the names of members, which would be most of it. */
const toCostLinesColumn = (lines: CostLine[]): string =>
  JSON.stringify(
    lines.map((line) => [line.kind, line.tokens, line.nanos_per_million, line.cost_nanos]),
  );

function fromCostLinesColumn(column: string): CostLine[] {
  const lines = JSON.parse(column) as [TokenKind, number, number, number][];
  return lines.map(([kind, tokens, nanos_per_million, cost_nanos]) => ({
    kind,
    tokens,
    nanos_per_million,
    cost_nanos,
  }));
}

export function fromLogRow(row: Selectable<RequestLogsTable>): RequestLogRow {
  const {
    error_type,
    error_code,
    error_message,
    tags,
    cost_lines,
    stream,
    cache_hit,
    payload_block,
    ...columns
  } = row;
  const plain = Object.fromEntries(
    Object.entries(columns).filter(([name]) => !tokenColumns.includes(name as TokenColumn)),
  );
  return {
    ...plain,
    stream: stream === 1,
    cache_hit: cache_hit === 1,
    error: fromErrorColumns({ error_type, error_code, error_message }),
    tags: JSON.parse(tags),
    cost_lines: fromCostLinesColumn(cost_lines),
    tokens: fromTokenColumns(row),
  } as RequestLogRow;
}

export function toAttemptRows({ data }: BookableRecord, seq: number): AttemptsTable[] {
  return data.attempts.map(({ error, ...attempt }, ordinal) => ({
    ...attempt,
    seq,
    ordinal,
    ...toErrorColumns(error),
  }));
}

export function fromAttemptRow(row: Selectable<AttemptsTable>): Attempt {
  const { seq, ordinal, error_type, error_code, error_message, ...attempt } = row;
  const error = fromErrorColumns({ error_type, error_code, error_message });
  return { ...attempt, error } as Attempt;
}
