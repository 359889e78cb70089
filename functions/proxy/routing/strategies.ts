import type { RoutingStrategy } from '../../_shared/config/routing.ts';
import { leastBusy } from './least-busy.ts';
import { lowestCost } from './lowest-cost.ts';
import { lowestLatency } from './lowest-latency.ts';
import { lowestUsage } from './lowest-usage.ts';
import { simpleShuffle } from './simple-shuffle.ts';
import type { Strategy } from './strategy.ts';

/** By LiteLLM's names. */
export const strategies: Record<RoutingStrategy, Strategy> = {
  'simple-shuffle': simpleShuffle,
  'least-busy': leastBusy,
  'latency-based-routing': lowestLatency,
  'cost-based-routing': lowestCost,
  'usage-based-routing': lowestUsage,
  'usage-based-routing-v2': lowestUsage,
};

/** Those that keep each deployment within its `rpm` and `tpm`, checks or not. */
export const isLimiting = (strategy: RoutingStrategy): boolean =>
  strategies[strategy] === lowestUsage;
