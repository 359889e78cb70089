import type { CallFilter } from '../../_shared/store/call-filter.ts';
import type { RequestLogFilter } from '../../_shared/store/request-logs.ts';
import { phrasesOf } from '../../_shared/store/search/words.ts';
import type { UsageDimension } from '../../_shared/store/usage.ts';
import { formatCount, formatLatency, formatMoneyExactly } from '../../_shared/ui/format.ts';
import { isStatus, statusLooks } from './statuses.ts';

export type FilterName = keyof RequestLogFilter;

/** What is narrowed by, as it stands in the address bar and as the server takes it. */
export type Filter = Partial<Record<FilterName, string>>;

interface FilterField {
  label: string;
  /** `dollars` are entered and shown as such, and kept in nano-dollars. */
  kind: 'name' | 'status' | 'flag' | 'only_true' | 'number' | 'dollars' | 'text';
  /** What it says of true and of false, for flags. */
  words?: [string, string];
  /** Values that are always worth offering. */
  usual?: string[];
}

/** All that the log can be narrowed by, in the order in which it is offered. */
export const filterFields: Record<FilterName, FilterField> = {
  model: { label: 'Model', kind: 'name' },
  status: { label: 'Status', kind: 'status' },
  provider: { label: 'Provider', kind: 'name' },
  key_id: { label: 'Key', kind: 'name' },
  team_id: { label: 'Team', kind: 'name' },
  user_id: { label: 'User', kind: 'name' },
  tag: { label: 'Tag', kind: 'name' },
  end_user: { label: 'End user', kind: 'name' },
  min_cost_nanos: { label: 'Cost at least', kind: 'dollars' },
  min_latency_ms: { label: 'Latency at least', kind: 'number' },
  min_tokens: { label: 'Tokens at least', kind: 'number' },
  unpriced: { label: 'Price', kind: 'only_true', words: ['unknown', 'known'] },
  http_status: { label: 'HTTP status', kind: 'number', usual: ['400', '401', '429', '500', '503'] },
  error_type: { label: 'Error type', kind: 'name' },
  error_code: { label: 'Error code', kind: 'name' },
  error_text: { label: 'Error says', kind: 'name' },
  finish_reason: {
    label: 'Finish reason',
    kind: 'name',
    usual: ['stop', 'length', 'tool_calls', 'content_filter'],
  },
  stream: { label: 'Streamed', kind: 'flag', words: ['yes', 'no'] },
  cache_hit: { label: 'Cache', kind: 'flag', words: ['hit', 'miss'] },
  endpoint: {
    label: 'Endpoint',
    kind: 'name',
    usual: ['/v1/chat/completions', '/v1/completions', '/v1/embeddings', '/v1/responses'],
  },
  operation: { label: 'Operation', kind: 'name', usual: ['chat', 'embeddings'] },
  deployment_id: { label: 'Deployment', kind: 'name' },
  client_ip: { label: 'Client address', kind: 'name' },
  text: { label: 'Search', kind: 'text' },
};

export const filterNames = Object.keys(filterFields) as FilterName[];

/**
 * What the figures of Usage are counted by, and can be narrowed by; the rest is about single calls.
 * The store's own list would bring its checks along, which a page has no use for.
 */
const counted: Record<UsageDimension & keyof CallFilter, true> = {
  model: true,
  provider: true,
  key_id: true,
  team_id: true,
  user_id: true,
  tag: true,
  status: true,
};

export const dimensions = Object.keys(counted) as UsageDimension[];

export const narrowsUsage = (name: string): name is UsageDimension => Object.hasOwn(counted, name);

/** A filter without the parts that usage knows nothing of. */
export function usagePart(filter: Filter): Filter {
  return Object.fromEntries(Object.entries(filter).filter(([name]) => narrowsUsage(name)));
}

const longestName = 512;

/** A value as the server takes it; null for one that makes no sense. */
export function checkFilter(name: FilterName, given: string): string | null {
  const value = given.trim();
  if (value === '' || value.length > longestName) return null;
  switch (filterFields[name].kind) {
    case 'status':
      return isStatus(value) ? value : null;
    case 'flag':
      return value === 'true' || value === 'false' ? value : null;
    case 'only_true':
      return value === 'true' ? value : null;
    case 'number':
    case 'dollars':
      return /^\d{1,15}$/.test(value) ? value : null;
    case 'text':
      return phrasesOf(value).length > 0 ? value : null;
    default:
      return value;
  }
}

/** What was typed into a field, in the unit that it is kept in; null for what makes no sense. */
export function enteredFilter(name: FilterName, entered: string): string | null {
  if (filterFields[name].kind !== 'dollars') return checkFilter(name, entered);
  const dollars = Number(entered.trim().replace(/^\$/, ''));
  if (entered.trim() === '' || !(dollars >= 0)) return null;
  return checkFilter(name, String(Math.round(dollars * 1e9)));
}

/** A filter's value for people: `Failure`, `$0.01`, `2.5 s`. */
export function describeValue(name: FilterName, value: string): string {
  const { kind, words } = filterFields[name];
  if (isStatus(value) && kind === 'status') return statusLooks[value].word;
  if (words) return words[value === 'true' ? 0 : 1];
  if (kind === 'dollars') return formatMoneyExactly(Number(value));
  if (name === 'min_latency_ms') return formatLatency(Number(value));
  if (name === 'min_tokens') return formatCount(Number(value));
  return value;
}

/** A filter with one part set, or taken off by null. */
export function withFilter(filter: Filter, name: FilterName, value: string | null): Filter {
  const { [name]: _, ...rest } = filter;
  return value === null ? rest : { ...rest, [name]: value };
}
