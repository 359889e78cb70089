/**
 * Money is a whole number of nano-dollars (1 USD = 10^9). Every row is exact. JavaScript keeps
 * whole numbers exact up to 2^53, so a total is exact up to $9,007,199.
 */
export type Nanos = number;

const nanosPerDollar = 1e9;

/** A dollar amount as nano-dollars, rounded half away from zero. */
export function dollarsToNanos(dollars: number): Nanos {
  return Math.sign(dollars) * Math.round(Math.abs(dollars) * nanosPerDollar);
}

/** Nano-dollars as dollars, for interfaces that speak floating dollars (LiteLLM's `spend`). */
export function nanosToDollars(nanos: Nanos): number {
  return nanos / nanosPerDollar;
}

/** Every digit of an amount, as a decimal string without a currency sign: `0.000012345`. */
export function formatNanosExactly(nanos: Nanos): string {
  const sign = nanos < 0 ? '-' : '';
  const digits = Math.abs(nanos).toString().padStart(10, '0');
  const fraction = digits.slice(-9).replace(/0+$/, '');
  return `${sign}${digits.slice(0, -9)}${fraction ? `.${fraction}` : ''}`;
}

/** What tokens cost at a rate for a million of them. */
export function costOf(tokens: number, nanosPerMillion: number): Nanos {
  return Math.round((tokens * nanosPerMillion) / 1e6);
}
