import { z } from 'zod';

/** Bounds that the arguments of several groups share. */

export const name = z.string().max(512);
/** Up to the year 2255. */
export const time = z.number().int().min(0).max(9_000_000_000_000);
export const wholeNumber = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
export const limitUpTo = (most: number) => z.number().int().min(1).max(most);

/** Half-open: `from <= started_at < to`. */
export interface TimeRange {
  /** Epoch milliseconds. */
  from: number;
  to: number;
}

export const range = z
  .object({ from: time, to: time })
  .refine(({ from, to }) => from < to, 'must start before it ends');
