import type { Milliseconds } from '../../../units.ts';
import type { Job } from './job.ts';

/** What lies below a `seq`, as far as one look went. */
export interface Look {
  /** How much it passed, where it did not find the limit. */
  passed: number;
  /** Where it ended; null where there is nothing below. */
  downTo: number | null;
  /** The `seq` at which what is kept begins, where the limit was found. */
  keptFrom?: number;
}

export interface SizeLimit extends Job {
  /** What is kept begins here, as of the last walk; 0 where all is kept. */
  keptFrom(): number;
}

/**
 * Finds where what is kept begins, so that there is no more of it than `limit`. It walks from the
 * newest down and adds up, some thousands of index entries a step: a sum kept beside the rows would
 * be one row that all writers wait for.
 */
export function createSizeLimit({
  name,
  limit,
  everyMs,
  startAt = () => Number.MAX_SAFE_INTEGER,
  look,
}: {
  name: string;
  limit: number;
  /** From the end of one walk to the next. */
  everyMs: Milliseconds;
  /** Where the walk begins; null where there is nothing to walk. */
  startAt?: () => number | null;
  look(below: number, room: number): Promise<Look>;
}): SizeLimit {
  let keptFrom = 0;
  let walk: { below: number; passed: number } | null = null;
  let nextAt = 0;

  return {
    name,
    keptFrom: () => keptFrom,
    async step() {
      if (limit === Number.POSITIVE_INFINITY || Date.now() < nextAt) return { more: false };
      const below = walk ? walk.below : startAt();
      const seen: Look =
        below === null
          ? { passed: 0, downTo: null }
          : await look(below, limit - (walk?.passed ?? 0));
      if (seen.keptFrom === undefined && seen.downTo !== null) {
        walk = { below: seen.downTo, passed: (walk?.passed ?? 0) + seen.passed };
        return { more: true };
      }
      keptFrom = seen.keptFrom ?? 0;
      walk = null;
      nextAt = Date.now() + everyMs;
      return { more: false };
    },
  };
}
