import { z } from 'zod';
import type { RequestCompleted } from '../events/types.ts';
import type { EpochMs } from '../units.ts';
import { limitUpTo, name, range, type TimeRange, time, wholeNumber } from './bounds.ts';
import { type CallFilter, callFilterFields } from './call-filter.ts';
import type { GroupMethods } from './method.ts';

/** What is booked once. */
export interface RecordName {
  id: string;
  source: string;
}

/** A record as it is booked: the event's identity and its checked, priced data. */
export interface BookableRecord extends RecordName {
  data: RequestCompleted;
  /** Its bodies are in the store already, put there by `payloads.keep` under the same names. */
  bodies_kept?: boolean;
}

/** A row of the log list: every filterable column and previews, never a body. */
export interface RequestLogRow extends Omit<RequestCompleted, 'attempts' | 'request' | 'response'> {
  /** The row's place in the order of time, and in every list: unique, and higher is newer. */
  seq: number;
  id: string;
  source: string;
  /** When it was booked. */
  booked_at: EpochMs;
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

export interface RequestLogFilter extends CallFilter {
  end_user?: string;
  endpoint?: string;
  operation?: string;
  stream?: boolean;
  cache_hit?: boolean;
  http_status?: number;
  error_type?: string;
  error_code?: string;
  /** Part of the error's message, in any case of letters. */
  error_text?: string;
  finish_reason?: string;
  deployment_id?: string;
  client_ip?: string;
  /** Only calls at no known price. */
  unpriced?: boolean;
  min_cost_nanos?: number;
  min_latency_ms?: number;
  min_tokens?: number;
  /**
   * Words that the prompt or the answer must hold, in any order and any case of letters; words
   * "in quotes" in that order, one after the other. Only calls whose bodies are kept are found.
   */
  text?: string;
}

const logFilter = z.strictObject({
  ...callFilterFields,
  end_user: name.optional(),
  endpoint: name.optional(),
  operation: name.optional(),
  stream: z.boolean().optional(),
  cache_hit: z.boolean().optional(),
  http_status: z.number().int().min(100).max(599).optional(),
  error_type: name.optional(),
  error_code: name.optional(),
  error_text: name.optional(),
  finish_reason: name.optional(),
  deployment_id: name.optional(),
  client_ip: name.optional(),
  unpriced: z.boolean().optional(),
  min_cost_nanos: wholeNumber.optional(),
  min_latency_ms: z.number().min(0).optional(),
  min_tokens: wholeNumber.optional(),
  text: name.optional(),
});

export interface RequestLogQuery {
  range: TimeRange;
  filter: RequestLogFilter;
  /** 1 to 500. */
  limit: number;
  /** Rows older than the one with this `seq`. Pages go by key, never by offset. */
  before?: number | undefined;
}

export interface RequestLogPage {
  /** Newest first. */
  rows: RequestLogRow[];
  /**
   * The `before` of the next page; null when there is nothing older. A look is bounded: a page may
   * hold fewer rows than asked for, or none, and still have a next one.
   */
  next: number | null;
  /** All calls that match and began at or after this time have been found, on this page or before. */
  looked_back_to: EpochMs;
}

export interface TailQuery {
  filter: RequestLogFilter;
  /** The `next` of the answer before; without it the tail begins now. */
  after?: number | undefined;
  limit: number;
}

export interface Tail {
  /** In the order of booking. One may come twice, so that none that was booked beside it is missed. */
  rows: RequestLogRow[];
  next: number;
}

export const exportFormats = ['csv', 'jsonl'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportQuery extends RequestLogQuery {
  format: ExportFormat;
}

export interface ExportPage {
  /** Whole lines, newest call first; the first page of a CSV has a header line. */
  text: string;
  rows: number;
  next: number | null;
}

export interface RequestLogs {
  /**
   * Books each record once, all in one transaction: log row, payload, attempts, rollups and
   * spend. A record whose `source` and `id` are already booked changes nothing and is a duplicate;
   * one that says something else than what was booked is a conflict too. At most 1,000 records.
   */
  book(
    records: BookableRecord[],
  ): Promise<{ booked: number; duplicates: number; conflicts: RecordName[] }>;
  /** One call by its id or by its answer's id (`chatcmpl-…`); null if there is none. */
  find(id: string): Promise<RequestLogDetail | null>;
  list(query: RequestLogQuery): Promise<RequestLogPage>;
  /** What was booked lately, for those who watch it come in. */
  tail(query: TailQuery): Promise<Tail>;
  /** A part of everything that matches, as text. `limit` 1 to 2,000. */
  export(query: ExportQuery): Promise<ExportPage>;
}

const list = z.object({
  range,
  filter: logFilter,
  limit: limitUpTo(500),
  before: wholeNumber.optional(),
});

export const requestLogs: GroupMethods<RequestLogs> = {
  book: {
    access: 'write',
    // Records were checked when their event came in.
    args: [z.array(z.looseObject({ id: name.min(1), source: name.min(1) })).max(1000)],
  },
  find: { access: 'read', args: [name.min(1)] },
  list: { access: 'read', args: [list] },
  tail: {
    access: 'read',
    args: [z.object({ filter: logFilter, after: time.optional(), limit: limitUpTo(500) })],
  },
  export: {
    access: 'read',
    args: [list.extend({ format: z.enum(exportFormats), limit: limitUpTo(2000) })],
  },
};
