import type { UsageStep } from '../../../_shared/store/usage.ts';
import type { EpochMs } from '../../../_shared/units.ts';

const format = (options: Intl.DateTimeFormatOptions) => {
  const made = new Intl.DateTimeFormat('en-GB', { hourCycle: 'h23', ...options });
  return (at: EpochMs) => made.format(at);
};
const clock = format({ hour: '2-digit', minute: '2-digit' });
const day = format({ day: 'numeric', month: 'short' });
const dayAndClock = format({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const weekday = format({ weekday: 'short', day: 'numeric', month: 'short' });

/** The label of an axis tick: the time of day, and the date where a day begins. */
export function axisTime(at: EpochMs, incrementSeconds: number): string {
  const text = clock(at);
  return incrementSeconds >= 86_400 || text === '00:00' ? day(at) : text;
}

/** The span that a bar stands for: `24 Nov, 14:00–14:15`, or a whole day. */
export function barTime(start: EpochMs, end: EpochMs, step: UsageStep): string {
  return step === 'day' ? weekday(start) : `${dayAndClock(start)}–${clock(end)}`;
}
