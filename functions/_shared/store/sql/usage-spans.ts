import type { TimeRange } from '../bounds.ts';
import type { UsageSeriesQuery } from '../usage.ts';
import { hour, minute, minuteMs, minutesAskedMs, quarter } from './rollup-levels.ts';
import { dayOf, offsetAt, startOfDay } from './time-zone.ts';

/** Whole minutes since 1970-01-01. */
export interface Span {
  from: number;
  to: number;
}

export const isRecent = ({ from }: TimeRange, now: number) => from >= now - minutesAskedMs;

/** A range rounded outwards to whole cells. */
export function spanOf({ from, to }: TimeRange, length: number): Span {
  const ms = length * minuteMs;
  return { from: Math.floor(from / ms) * length, to: Math.ceil(to / ms) * length };
}

/** A bar of a chart: where it begins, and the part of it that is asked for. */
export interface Step extends Span {
  start: number;
}

/** The bars of a chart within `whole`, one after the other, each as long as the step is there. */
export function stepsOf({ step, range, time_zone }: UsageSeriesQuery, whole: Span): Step[] {
  if (step === 'day') return daysOf(time_zone, range);
  const length = { minute, quarter_hour: quarter, hour }[step];
  // Whole minutes and quarters are the same everywhere; hours are not (Kathmandu: +05:45).
  const shift = step === 'hour' ? toQuarter(offsetAt(time_zone, whole.from * minuteMs)) % hour : 0;
  const steps: Step[] = [];
  let start = Math.floor((whole.from + shift) / length) * length - shift;
  for (; start < whole.to; start += length) {
    const [from, to] = [Math.max(start, whole.from), Math.min(start + length, whole.to)];
    steps.push({ start, from, to });
  }
  return steps;
}

/** All local days that the range touches, whole. */
function daysOf(zone: string, range: TimeRange): Step[] {
  const last = dayOf(zone, range.to - 1);
  const days: Step[] = [];
  let from = toQuarter(startOfDay(zone, dayOf(zone, range.from)));
  for (let day = dayOf(zone, range.from); day <= last; day++) {
    const to = toQuarter(startOfDay(zone, day + 1));
    days.push({ start: from, from, to });
    from = to;
  }
  return days;
}

/** Offsets of long ago are not whole quarters. */
const toQuarter = (ms: number) => Math.floor(ms / minuteMs / quarter) * quarter;
