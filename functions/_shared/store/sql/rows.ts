import type { Selectable } from 'kysely';
import type { Attempt, CallError, CostLine } from '../../events/types.ts';
import { costOf } from '../../money.ts';
import { noTokens, type TokenKind, type Tokens, tokenKinds, totalTokens } from '../../units.ts';
import type { BookableRecord, RequestLogRow } from '../request-logs.ts';
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
  const tokens = noTokens();
  for (const kind of tokenKinds) tokens[kind] = Number(row[`tokens_${kind}`]);
  return tokens;
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
    cost_lines: toCostLinesColumn(cost_lines, tokens),
  };
}

/**
 * A line is what it follows from: kind and rate. One that says something else than its tokens at
 * its rate is kept whole.
 */
function toCostLinesColumn(lines: CostLine[], tokens: Tokens): string {
  return JSON.stringify(
    lines.map(({ kind, nanos_per_million: rate, ...line }) =>
      line.tokens === tokens[kind] && line.cost_nanos === costOf(line.tokens, rate)
        ? [kind, rate]
        : [kind, rate, line.tokens, line.cost_nanos],
    ),
  );
}

function fromCostLinesColumn(column: string, counts: Tokens): CostLine[] {
  const lines = JSON.parse(column) as [TokenKind, number, number?, number?][];
  return lines.map(([kind, rate, tokens = counts[kind], cost_nanos = costOf(tokens, rate)]) => ({
    kind,
    tokens,
    nanos_per_million: rate,
    cost_nanos,
  }));
}

export interface Previews {
  request_preview: string;
  response_preview: string;
}

const noPreviews: Previews = { request_preview: '', response_preview: '' };

/** Columns that the contract's row has in another shape, or not at all. */
const otherwiseInLog = new Set<string>([
  ...tokenColumns,
  'stream',
  'cache_hit',
  'error_type',
  'error_code',
  'error_message',
  'tags',
  'cost_lines',
  'payload_block',
]);

/** Member by member, as an export makes tens of thousands a second of them. */
export function fromLogRow(
  row: Selectable<RequestLogsTable>,
  previews: Previews = noPreviews,
): RequestLogRow {
  const tokens = fromTokenColumns(row);
  const log: Record<string, unknown> = {};
  for (const name in row) {
    if (!otherwiseInLog.has(name)) log[name] = row[name as keyof typeof row];
  }
  log.stream = row.stream === 1;
  log.cache_hit = row.cache_hit === 1;
  log.error = fromErrorColumns(row);
  log.tags = row.tags === '[]' ? [] : JSON.parse(row.tags);
  log.cost_lines = fromCostLinesColumn(row.cost_lines, tokens);
  log.tokens = tokens;
  log.request_preview = previews.request_preview;
  log.response_preview = previews.response_preview;
  return log as unknown as RequestLogRow;
}

/** Of an attempt, what most often is what the log says too. */
const sameAsLog = ['deployment_id', 'provider', 'upstream_model', 'api_base'] as const;

export function toAttemptRows({ data }: BookableRecord, seq: number): AttemptsTable[] {
  return data.attempts.map(({ error, ...attempt }, ordinal) => ({
    ...attempt,
    ...Object.fromEntries(
      sameAsLog.map((name) => [name, attempt[name] === data[name] ? null : (attempt[name] ?? '')]),
    ),
    seq,
    ordinal,
    ...toErrorColumns(error),
  }));
}

export function fromAttemptRow(row: Selectable<AttemptsTable>, log: RequestLogRow): Attempt {
  const { seq, ordinal, error_type, error_code, error_message, ...attempt } = row;
  const error = fromErrorColumns({ error_type, error_code, error_message });
  const same = sameAsLog.map((name) => [name, attempt[name] ?? log[name]]);
  const whole = { ...attempt, ...Object.fromEntries(same), error } as Attempt;
  return { ...whole, api_base: whole.api_base || null };
}
