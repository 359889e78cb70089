import type { AlertRaised, CallStatus, RequestCompleted } from '../events/types.ts';
import type { Nanos } from '../money.ts';
import type { EpochMs, Milliseconds, Tokens } from '../units.ts';

/**
 * The store's contract. One set of query groups, each method of which is a name, JSON-able
 * arguments and a JSON-able answer, so that the same contract runs in a worker thread and over
 * HTTP. Methods reject with a GatewayError: `invalid_request` for arguments out of bounds,
 * `unavailable` when the store cannot be reached or is busy beyond its time-out (worth another
 * try), `internal` for anything else. What a method adds to that stands on it.
 */
export interface Store {
  readonly requestLogs: RequestLogs;
  readonly usage: Usage;
  readonly spend: Spend;
  readonly alerts: Alerts;
  /** Resolves when a query can be answered. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** A record as it is booked: the event's identity and its checked, priced data. */
export interface BookableRecord {
  id: string;
  source: string;
  data: RequestCompleted;
}

/** A row of the log list: every filterable column and previews, never a body. */
export interface RequestLogRow extends Omit<RequestCompleted, 'attempts' | 'request' | 'response'> {
  id: string;
  source: string;
  /** The first 200 characters of the last user message, and of the answer's text. */
  request_preview: string;
  response_preview: string;
  total_tokens: number;
}

export interface RequestLogDetail extends RequestLogRow {
  attempts: RequestCompleted['attempts'];
  request: unknown;
  response: unknown;
}

/** Half-open: `from <= started_at < to`. */
export interface TimeRange {
  from: EpochMs;
  to: EpochMs;
}

export interface CallFilter {
  model?: string;
  provider?: string;
  status?: CallStatus;
  key_id?: string;
  team_id?: string;
  user_id?: string;
}

/** A place in a list: the last row seen. Pages go by key, never by offset. */
export interface RequestLogCursor {
  started_at: EpochMs;
  id: string;
}

export interface RequestLogQuery {
  range: TimeRange;
  filter: CallFilter;
  /** 1 to 500. */
  limit: number;
  /** Rows older than this one. */
  before?: RequestLogCursor;
}

export interface RequestLogPage {
  /** Newest first. */
  rows: RequestLogRow[];
  /** Where the next page starts; null at the end. */
  next: RequestLogCursor | null;
}

export interface RequestLogs {
  /**
   * Books each record once, all in one transaction: log row, payload, attempts, rollups and
   * spend. A record whose `source` and `id` are already booked changes nothing. Answers with
   * the number newly booked. At most 1,000 records.
   */
  book(records: BookableRecord[]): Promise<{ booked: number }>;
  /** One call by its id or by its answer's id (`chatcmpl-…`); null if there is none. */
  find(id: string): Promise<RequestLogDetail | null>;
  list(query: RequestLogQuery): Promise<RequestLogPage>;
}

export interface UsageTotals {
  calls: number;
  failures: number;
  interruptions: number;
  tokens: Tokens;
  cost_nanos: Nanos;
  /** Calls that used tokens, or succeeded, at no known price; they add nothing to `cost_nanos`. */
  unpriced_calls: number;
  /** Percentiles from mergeable sketches, within 1 % of the true value; null without a sample. */
  latency_ms: Percentiles;
  time_to_first_token_ms: Percentiles;
}

export interface Percentiles {
  p50: Milliseconds | null;
  p95: Milliseconds | null;
  p99: Milliseconds | null;
}

/** A bar of a chart. Bars without a call are left out; the reader fills them. */
export interface UsagePoint extends UsageTotals {
  start: EpochMs;
}

export const usageSteps = ['minute', 'quarter_hour', 'hour', 'day'] as const;
export type UsageStep = (typeof usageSteps)[number];

export interface UsageQuery {
  /** Whole cells: `from` is rounded down and `to` up to the step's cell (a minute, or 15). */
  range: TimeRange;
  filter: CallFilter;
}

export interface UsageSeriesQuery extends UsageQuery {
  /** Minutes are kept for 48 hours. */
  step: UsageStep;
  /** An IANA name; hours and days start where they start there. */
  time_zone: string;
}

export const usageDimensions = ['model', 'provider', 'status', 'key_id', 'team_id'] as const;
export type UsageDimension = (typeof usageDimensions)[number];

export interface UsageRank extends UsageTotals {
  value: string;
}

/** Sums from the rollups; never a count over logs. At most 10,000 points. */
export interface Usage {
  totals(query: UsageQuery): Promise<UsageTotals>;
  /** Oldest first. Rejects with `invalid_request` when the step is too fine for the range. */
  series(query: UsageSeriesQuery): Promise<UsagePoint[]>;
  /** The biggest first by cost, then by calls. `limit` 1 to 100. */
  rank(query: UsageQuery & { by: UsageDimension; limit: number }): Promise<UsageRank[]>;
}

export const spendScopes = ['global', 'key', 'team', 'user', 'end_user', 'tag'] as const;
export type SpendScope = (typeof spendScopes)[number];

export interface Spend {
  /** All that was ever booked on a scope. `global` has the id ''. Zero where nothing was. */
  of(scope: SpendScope, id: string): Promise<{ cost_nanos: Nanos; calls: number }>;
}

export interface Alerts {
  /**
   * Remembers an alert and says whether it is the first for its rule, scope and window: of any
   * number of callers one hears `true`.
   */
  raise(alert: AlertRaised & { id: string }): Promise<boolean>;
}
