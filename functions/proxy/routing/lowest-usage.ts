import { inMinuteOf } from './deployment-state.ts';
import { lowest, type Strategy } from './strategy.ts';

/** The one that has taken the fewest tokens this minute, by its share of `tpm` where all have one. */
export const lowestUsage: Strategy = (candidates, { random, now }) => {
  const areLimited = candidates.every(({ deployment }) => deployment.routing.tpm);
  return lowest(candidates, random, ({ deployment, state }) => {
    const { tokens } = inMinuteOf(state, now);
    return areLimited ? tokens / (deployment.routing.tpm ?? 1) : tokens;
  });
};
