import type { Candidate } from './candidate.ts';
import type { Choice } from './strategy.ts';

const weights = [
  ({ deployment }: Candidate) => deployment.routing.weight,
  ({ deployment }: Candidate) => deployment.routing.rpm,
  ({ deployment }: Candidate) => deployment.routing.tpm,
];

/**
 * LiteLLM's `simple-shuffle`: at random, by `weight` where one of them has it, else by `rpm`, else
 * by `tpm`. Who lacks what the others have gets none, unless all would.
 */
export function simpleShuffle(candidates: readonly Candidate[], { random }: Choice): Candidate {
  for (const weightOf of weights) {
    const total = candidates.reduce((sum, each) => sum + (weightOf(each) ?? 0), 0);
    if (total <= 0) continue;
    let left = random() * total;
    for (const candidate of candidates) {
      left -= weightOf(candidate) ?? 0;
      if (left < 0) return candidate;
    }
  }
  return candidates[Math.floor(random() * candidates.length)] as Candidate;
}
