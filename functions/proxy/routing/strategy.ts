import type { EpochMs } from '../../_shared/units.ts';
import type { Candidate } from './candidate.ts';

/** What a strategy may look at beside the candidates. */
export interface Choice {
  now: EpochMs;
  random: () => number;
  stream: boolean;
  /** A share: how much slower than the fastest still counts as fast. */
  latencyBuffer: number;
  /** Dollars for a thousand tokens in and out; null where no price is known. */
  costOf: (candidate: Candidate) => number | null;
}

/** Chooses one of at least one. */
export type Strategy = (candidates: readonly Candidate[], choice: Choice) => Candidate;

/** One at random of those with the lowest figure: else all calls of a moment go to the first. */
export function lowest(
  candidates: readonly Candidate[],
  random: () => number,
  figureOf: (candidate: Candidate) => number,
): Candidate {
  const figures = candidates.map(figureOf);
  const least = Math.min(...figures);
  const best = candidates.filter((_, index) => figures[index] === least);
  const from = best.length > 0 ? best : candidates;
  return from[Math.floor(random() * from.length)] as Candidate;
}
