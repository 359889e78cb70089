import type { ExportFormat, RequestLogRow } from '../request-logs.ts';

/** The columns of an export, in their order. */
const columns: [string, (row: RequestLogRow) => unknown][] = [
  ['id', (row) => row.id],
  ['started_at', (row) => new Date(row.started_at).toISOString()],
  ['status', (row) => row.status],
  ['http_status', (row) => row.http_status],
  ['model', (row) => row.model],
  ['upstream_model', (row) => row.upstream_model],
  ['provider', (row) => row.provider],
  ['deployment_id', (row) => row.deployment_id],
  ['operation', (row) => row.operation],
  ['endpoint', (row) => row.endpoint],
  ['stream', (row) => row.stream],
  ['cache_hit', (row) => row.cache_hit],
  ['key_id', (row) => row.key_id],
  ['key_alias', (row) => row.key_alias],
  ['team_id', (row) => row.team_id],
  ['user_id', (row) => row.user_id],
  ['end_user', (row) => row.end_user],
  ['tags', (row) => row.tags.join(' ')],
  ['latency_ms', (row) => row.latency_ms],
  ['time_to_first_token_ms', (row) => row.time_to_first_token_ms],
  ['upstream_ms', (row) => row.upstream_ms],
  ['overhead_ms', (row) => row.overhead_ms],
  ['input_tokens', (row) => row.tokens.input],
  ['cache_read_tokens', (row) => row.tokens.cache_read],
  ['cache_write_tokens', (row) => row.tokens.cache_write],
  ['input_audio_tokens', (row) => row.tokens.input_audio],
  ['output_tokens', (row) => row.tokens.output],
  ['reasoning_tokens', (row) => row.tokens.reasoning],
  ['output_audio_tokens', (row) => row.tokens.output_audio],
  ['total_tokens', (row) => row.total_tokens],
  ['cost_nanodollars', (row) => row.cost_nanos],
  ['saved_nanodollars', (row) => row.saved_nanos],
  ['price_source', (row) => row.price_source],
  ['finish_reason', (row) => row.finish_reason],
  ['error_type', (row) => row.error?.type],
  ['error_code', (row) => row.error?.code],
  ['error_message', (row) => row.error?.message],
  ['response_id', (row) => row.response_id],
  ['client_ip', (row) => row.client_ip],
  ['user_agent', (row) => row.user_agent],
  ['bodies_withheld', (row) => row.bodies_withheld],
  ['request_preview', (row) => row.request_preview],
  ['response_preview', (row) => row.response_preview],
];

/** Rows as lines of text, each with its line end. */
export function exportLines(
  rows: RequestLogRow[],
  { format, isFirst }: { format: ExportFormat; isFirst: boolean },
): string {
  if (format === 'jsonl') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  let text = isFirst ? `${columns.map(([name]) => name).join(',')}\r\n` : '';
  for (const row of rows) {
    let separator = '';
    for (const [, read] of columns) {
      text += separator + toField(read(row));
      separator = ',';
    }
    text += '\r\n';
  }
  return text;
}

const needsCare = /^[=+\-@\t\r]|[",\r\n]/;

/** RFC 4180; and what a spreadsheet would take for a formula is made text, as OWASP says. */
function toField(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  if (!needsCare.test(value)) return value;
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
