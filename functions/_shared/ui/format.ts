import { formatNanosExactly, type Nanos, nanosToDollars } from '../money.ts';
import {
  type EpochMs,
  inputTokens,
  type Milliseconds,
  outputTokens,
  type Tokens,
} from '../units.ts';

/** Numbers are written the same for everyone: a comma for thousands, a point for decimals. */
const locale = 'en-US';
const unknown = '—';

const decimals = new Map<number, Intl.NumberFormat>();
function fixed(value: number, minimum: number, maximum: number): string {
  const key = minimum * 100 + maximum;
  let format = decimals.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, {
      minimumFractionDigits: minimum,
      maximumFractionDigits: maximum,
    });
    decimals.set(key, format);
  }
  return format.format(value);
}

/**
 * Money to read: `$0.0042`, two to six decimals; below a millionth of a dollar `<$0.000001`. An
 * unknown amount is `—`, never `$0.00`.
 */
export function formatMoney(nanos: Nanos | null): string {
  if (nanos === null) return unknown;
  const dollars = nanosToDollars(nanos);
  if (nanos !== 0 && Math.abs(nanos) < 500) return `${nanos < 0 ? '>−' : '<'}$0.000001`;
  const most = Math.abs(dollars) >= 1 ? 2 : 6;
  return `${dollars < 0 ? '−' : ''}$${fixed(Math.abs(dollars), 2, most)}`;
}

/** Money with every digit, for tooltips and for copying: `$0.004200015`. */
export function formatMoneyExactly(nanos: Nanos | null): string {
  return nanos === null ? 'unknown' : `$${formatNanosExactly(nanos)}`;
}

/** Money in little room, for tiles and axes: `$1,234.56`, `$0.42`, `<$0.01`. */
export function formatMoneyShort(nanos: Nanos | null): string {
  if (nanos === null) return unknown;
  const dollars = nanosToDollars(nanos);
  if (nanos > 0 && dollars < 0.01) return '<$0.01';
  return `$${fixed(dollars, 2, 2)}`;
}

/** The price of a million tokens: `$2.50 / 1M`. */
export function formatUnitPrice(nanosPerMillion: number): string {
  return `$${fixed(nanosToDollars(nanosPerMillion), 2, 6)} / 1M`;
}

export function formatCount(count: number): string {
  return fixed(count, 0, 0);
}

/** A count in little room: `1.2M`, `12.3K`; up to four digits it is whole, `1,994`. */
export function formatCompact(count: number): string {
  if (Math.abs(count) < 10_000) return formatCount(count);
  return new Intl.NumberFormat(locale, {
    notation: 'compact',
    maximumFractionDigits: 1,
  }).format(count);
}

/** `1,204 → 356`: into the model, and out of it. */
export function formatTokens(tokens: Tokens): string {
  return `${formatCount(inputTokens(tokens))} → ${formatCount(outputTokens(tokens))}`;
}

/** `840 ms`, `2.31 s`, `1.5 min`; unknown is `—`. */
export function formatLatency(ms: Milliseconds | null): string {
  if (ms === null) return unknown;
  if (ms < 10) return `${fixed(ms, 0, 1)} ms`;
  if (ms < 999.5) return `${fixed(ms, 0, 0)} ms`;
  if (ms < 60_000) return `${fixed(ms / 1000, 0, 2)} s`;
  return `${fixed(ms / 60_000, 0, 1)} min`;
}

/** A share as `4.2%`; of nothing it is `—`. Small shares keep two decimals. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return unknown;
  const percent = (part / whole) * 100;
  return `${fixed(percent, 0, percent !== 0 && Math.abs(percent) < 1 ? 2 : 1)}%`;
}

/** The zone that the browser is in, as an IANA name. */
export function localTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

const timeOfDay: Intl.DateTimeFormatOptions = {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
};

function inZone(at: EpochMs, zone: string | undefined, options: Intl.DateTimeFormatOptions) {
  return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone }).format(at);
}

/** `14:03:22`. A list says its zone once, so the rows need not. */
export function formatTimeOfDay(at: EpochMs, zone?: string): string {
  return inZone(at, zone, timeOfDay);
}

/** `24 Nov 2026`. */
export function formatDay(at: EpochMs, zone?: string): string {
  return inZone(at, zone, { day: 'numeric', month: 'short', year: 'numeric' });
}

/** `24 Nov 2026, 14:03:22 CET`: the whole of it, with the zone. */
export function formatDateTime(at: EpochMs, zone?: string): string {
  return `${formatDay(at, zone)}, ${inZone(at, zone, { ...timeOfDay, timeZoneName: 'short' })}`;
}
