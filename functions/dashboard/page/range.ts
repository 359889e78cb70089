import type { TimeRange } from '../../_shared/store/bounds.ts';
import { dayOf, offsetAt, startOfDay } from '../../_shared/store/sql/time-zone.ts';
import type { UsageStep } from '../../_shared/store/usage.ts';
import type { EpochMs } from '../../_shared/units.ts';

const minuteMs = 60_000;
const quarterMs = 15 * minuteMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export const relativeRanges = {
  '1h': { label: '1 h', phrase: 'last hour', step: 'minute', ms: hourMs },
  '24h': { label: '24 h', phrase: 'last 24 hours', step: 'quarter_hour', ms: dayMs },
  '7d': { label: '7 d', phrase: 'last 7 days', step: 'hour', ms: 7 * dayMs },
  '30d': { label: '30 d', phrase: 'last 30 days', step: 'day', ms: 30 * dayMs },
} as const satisfies Record<string, { label: string; phrase: string; step: UsageStep; ms: number }>;

export type RelativeName = keyof typeof relativeRanges;
export type Range = { kind: 'relative'; name: RelativeName } | ({ kind: 'custom' } & TimeRange);

export const defaultRange: Range = { kind: 'relative', name: '24h' };

export interface ResolvedRange extends TimeRange {
  step: UsageStep;
}

/** A range as it is now. It begins with a whole bar, so that the chart's first one is not short. */
export function resolveRange(range: Range, now: EpochMs, zone: string): ResolvedRange {
  if (range.kind === 'custom') {
    const { from, to } = range;
    return { from, to, step: stepFor(range, now) };
  }
  const { step, ms } = relativeRanges[range.name];
  return { from: firstBarAfter(now - ms, step, zone), to: now, step };
}

/** The finest step that a chart can show; minutes are kept for two days. */
function stepFor({ from, to }: TimeRange, now: EpochMs): UsageStep {
  const length = to - from;
  if (length <= 2 * hourMs && from >= now - 48 * hourMs) return 'minute';
  if (length <= 36 * hourMs) return 'quarter_hour';
  return length <= 8 * dayMs ? 'hour' : 'day';
}

function firstBarAfter(at: EpochMs, step: UsageStep, zone: string): EpochMs {
  if (step === 'day') return startOfDay(zone, dayOf(zone, at) + 1);
  const length = lengths[step];
  // Hours begin where the zone's clocks say so (Kathmandu: +05:45); shorter steps are the same
  // everywhere.
  const shift = step === 'hour' ? offsetAt(zone, at) % hourMs : 0;
  return Math.ceil((at + shift) / length) * length - shift;
}

const lengths = { minute: minuteMs, quarter_hour: quarterMs, hour: hourMs };

/** Where each bar of a chart begins, oldest first, as the store cuts them. */
export function barStarts({ from, to, step }: ResolvedRange, zone: string): EpochMs[] {
  const starts: EpochMs[] = [];
  if (step === 'day') {
    for (let day = dayOf(zone, from); startOfDay(zone, day) < to; day++) {
      starts.push(startOfDay(zone, day));
    }
    return starts;
  }
  const length = lengths[step];
  const shift = step === 'hour' ? offsetAt(zone, from) % hourMs : 0;
  const first = Math.floor((from + shift) / length) * length - shift;
  for (let start = first; start < to; start += length) starts.push(start);
  return starts;
}

export function describeRange(range: Range): string {
  return range.kind === 'relative' ? relativeRanges[range.name].phrase : 'chosen time';
}
