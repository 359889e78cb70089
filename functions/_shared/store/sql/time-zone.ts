import { GatewayError } from '../../errors.ts';
import type { EpochMs } from '../../units.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far a zone's clocks are ahead of UTC at a moment, in milliseconds. */
export function offsetAt(timeZone: string, at: EpochMs): number {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  ) as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>;
  const { year, month, day, hour, minute, second } = parts;
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  return local - Math.floor(at / 1000) * 1000;
}

/** When a local day begins; `day` counts local days since 1970-01-01. */
export function startOfDay(timeZone: string, day: number): EpochMs {
  const local = day * 86_400_000;
  // The offset before and after a change of the clocks can differ; the second guess has it right.
  const guess = local - offsetAt(timeZone, local);
  return local - offsetAt(timeZone, guess);
}

export function dayOf(timeZone: string, at: EpochMs): number {
  return Math.floor((at + offsetAt(timeZone, at)) / 86_400_000);
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
    return format;
  } catch {
    throw new GatewayError('invalid_request', `There is no time zone named "${timeZone}".`, {
      param: 'time_zone',
    });
  }
}
