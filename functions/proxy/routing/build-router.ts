import type { Deployment } from '../../_shared/config/gateway-config.ts';
import type { RoutingRules } from '../../_shared/config/routing.ts';
import { listedContextWindow } from '../../_shared/pricing/list-prices.ts';
import type { PriceBook } from '../../_shared/pricing/price.ts';
import type { Logger } from '../../_shared/telemetry.ts';
import { noTokens } from '../../_shared/units.ts';
import type { Target } from '../providers/target.ts';
import type { Candidate } from './candidate.ts';
import { createCooldownStore } from './cooldown-store.ts';
import { type CooldownNews, createCooldowns } from './cooldowns.ts';
import { createModelGroups } from './model-groups.ts';
import { createRouter, type Router } from './router.ts';

export interface BuildParts {
  deployments: readonly Deployment[];
  /** By deployment id. */
  targets: ReadonlyMap<string, Target>;
  resolve: (deployment: Deployment) => Target;
  rules: RoutingRules;
  priceBook: PriceBook;
  logger: Logger;
}

/** The router of this process, and the names that clients may ask for. */
export function buildRouter(parts: BuildParts): { router: Router; names: readonly string[] } {
  const { rules, priceBook, logger } = parts;
  const groups = createModelGroups({ ...parts, aliases: rules.aliases });
  const cooldowns = createCooldowns({
    rules: rules.cooldown,
    store: createCooldownStore(),
    now: Date.now,
    onNews: (news) => tell(logger, news),
  });
  const windowOf = once(({ deployment, target }) => {
    const model = deployment.baseModel ?? target.model;
    const { provider, apiBase } = target;
    return (
      deployment.routing.maxInputTokens ??
      listedContextWindow({ provider, model, api_base: apiBase })
    );
  });
  const costOf = once(({ deployment, target }) => {
    const price = priceBook.price({
      provider: target.provider,
      model: deployment.baseModel ?? target.model,
      api_base: target.apiBase,
      tokens: { ...noTokens(), input: 1000, output: 1000 },
      at: Date.now(),
      prices: deployment.prices,
    });
    return price && price.cost_nanos / 1e9;
  });
  return {
    router: createRouter({ groups, rules, cooldowns, costOf, windowOf }),
    names: groups.names,
  };
}

/** A look into the price list takes 15 µs; what it says of a deployment does not change. */
function once<Value>(look: (candidate: Candidate) => Value): (candidate: Candidate) => Value {
  const known = new WeakMap<Candidate, { value: Value }>();
  return (candidate) => {
    const kept = known.get(candidate);
    if (kept) return kept.value;
    const value = look(candidate);
    known.set(candidate, { value });
    return value;
  };
}

function tell(logger: Logger, news: CooldownNews): void {
  const { deployment } = news;
  if (news.event === 'recovered') {
    logger.info({ deployment }, 'a deployment answers again');
    return;
  }
  const { failure, forMs } = news;
  logger.warn(
    { deployment, for_ms: forMs, status: failure.status, code: failure.body.error.code },
    'a deployment failed and is left alone for a while',
  );
}
