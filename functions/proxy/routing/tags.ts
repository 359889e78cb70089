import type { RoutingRules } from '../../_shared/config/routing.ts';
import { GatewayError } from '../../_shared/errors.ts';
import type { Candidate } from './candidate.ts';

/** LiteLLM's tag for who takes the calls that no other tag leads anywhere. */
const otherwise = 'default';

/**
 * Those that the call's tags lead to, by LiteLLM's `enable_tag_filtering`: any of its tags, or all
 * of them; else those for the rest. A call without tags goes to those for the rest, or to any.
 */
export function filterByTags(
  candidates: readonly Candidate[],
  tags: readonly string[],
  filtering: RoutingRules['tagFiltering'],
  model: string,
): readonly Candidate[] {
  if (filtering === 'off') return candidates;
  const having = (fits: (own: readonly string[]) => boolean) =>
    candidates.filter(({ deployment }) => fits(deployment.routing.tags));
  const rest = having((own) => own.includes(otherwise));
  if (tags.length === 0) return rest.length > 0 ? rest : candidates;
  const fitting = having((own) =>
    filtering === 'any'
      ? tags.some((tag) => own.includes(tag))
      : own.length > 0 && tags.every((tag) => own.includes(tag)),
  );
  if (fitting.length > 0) return fitting;
  if (rest.length > 0) return rest;
  throw new GatewayError(
    'authentication',
    `No deployment of the model '${model}' takes calls tagged ${tags.slice(0, 8).join(', ')}. Send other tags, or none.`,
    { upstreamCode: 'no_deployment_for_tags', param: 'tags' },
  );
}
