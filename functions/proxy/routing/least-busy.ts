import { lowest, type Strategy } from './strategy.ts';

/** The one with the fewest calls in flight. */
export const leastBusy: Strategy = (candidates, { random }) =>
  lowest(candidates, random, ({ state }) => state.inFlight);
