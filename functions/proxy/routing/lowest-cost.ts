import { lowest, type Strategy } from './strategy.ts';

/** The cheapest; what nobody has priced comes last. */
export const lowestCost: Strategy = (candidates, { random, costOf }) =>
  lowest(candidates, random, (candidate) => costOf(candidate) ?? Number.MAX_VALUE);
