import type { Milliseconds } from '../../_shared/units.ts';

const firstMs = 500;
const longestMs = 8000;
/** A client does not wait longer for a deployment that wants to be left alone. */
const longestAskedMs = 60_000;

/**
 * How long to wait before the same deployment is asked again: as long as it says, else twice as
 * long each time, less up to a quarter by chance, so that callers who failed together do not come
 * back together. Null where it wants to be left alone for longer than a client waits.
 */
export function backOff({
  retry,
  retryAfter,
  leastMs,
  random,
}: {
  /** 0 for the first one. */
  retry: number;
  /** In seconds, as the upstream told. */
  retryAfter: number | undefined;
  leastMs: Milliseconds;
  random: () => number;
}): Milliseconds | null {
  if (retryAfter !== undefined) {
    const askedMs = retryAfter * 1000;
    return askedMs > longestAskedMs ? null : Math.max(askedMs, leastMs);
  }
  const growing = Math.min(firstMs * 2 ** retry, longestMs);
  return Math.max(growing * (1 - 0.25 * random()), leastMs);
}
