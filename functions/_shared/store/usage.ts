import { z } from 'zod';
import type { Nanos } from '../money.ts';
import type { EpochMs, Milliseconds, Tokens } from '../units.ts';
import { limitUpTo, range, type TimeRange } from './bounds.ts';
import { type CallFilter, callFilterFields } from './call-filter.ts';
import type { GroupMethods } from './method.ts';

export interface UsageTotals {
  calls: number;
  failures: number;
  interruptions: number;
  tokens: Tokens;
  cost_nanos: Nanos;
  /** Calls that used tokens, or succeeded, at no known price; they add nothing to `cost_nanos`. */
  unpriced_calls: number;
  /** Calls answered from the cache, and what they would have cost upstream. */
  cache_hits: number;
  saved_nanos: Nanos;
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
  /**
   * Whole cells: `from` is rounded down and `to` up to a minute, where the range begins within the
   * last 48 hours, or to 15. A series by day has all of the days that it touches.
   */
  range: TimeRange;
  filter: CallFilter;
}

export interface UsageSeriesQuery extends UsageQuery {
  /** Minutes are kept for 48 hours. */
  step: UsageStep;
  /** An IANA name; hours and days start where they start there. */
  time_zone: string;
}

export const usageDimensions = [
  'model',
  'provider',
  'status',
  'key_id',
  'team_id',
  'user_id',
  'tag',
] as const;
export type UsageDimension = (typeof usageDimensions)[number];

export interface UsageRank extends UsageTotals {
  value: string;
}

/** Sums from the rollups; never a count over logs. At most 10,000 points. */
export interface Usage {
  totals(query: UsageQuery): Promise<UsageTotals>;
  /** Oldest first. Rejects with `invalid_request` when the step is too fine for the range. */
  series(query: UsageSeriesQuery): Promise<UsagePoint[]>;
  /**
   * The biggest first by cost, then by calls. `limit` 1 to 100. By tag, a call counts for each of
   * its tags, of which the first eight are looked at; what has none has the value ''.
   */
  rank(query: UsageQuery & { by: UsageDimension; limit: number }): Promise<UsageRank[]>;
}

const usageFields = { range, filter: z.strictObject(callFilterFields) };
const pointLimit = 10_000;
const shortestStepMs = { minute: 60_000, quarter_hour: 900_000, hour: 3_600_000, day: 82_800_000 };

const series = z
  .object({ ...usageFields, step: z.enum(usageSteps), time_zone: z.string().max(64) })
  .refine(
    ({ step, range: { from, to } }) => (to - from) / shortestStepMs[step] <= pointLimit,
    `would give more than ${pointLimit} points; choose a longer step`,
  );

export const usage: GroupMethods<Usage> = {
  totals: { access: 'read', args: [z.object(usageFields)] },
  series: { access: 'read', args: [series] },
  rank: {
    access: 'read',
    args: [z.object({ ...usageFields, by: z.enum(usageDimensions), limit: limitUpTo(100) })],
  },
};
