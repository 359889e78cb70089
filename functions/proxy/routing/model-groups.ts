import { SetupError } from '../../_shared/config/environment.ts';
import type { Deployment } from '../../_shared/config/gateway-config.ts';
import type { RoutingRules } from '../../_shared/config/routing.ts';
import type { Target } from '../providers/target.ts';
import type { Candidate, ModelGroup } from './candidate.ts';
import { createDeploymentState } from './deployment-state.ts';
import {
  bySpecificity,
  fillStars,
  isWildcard,
  matchWildcard,
  readWildcard,
  type Wildcard,
} from './wildcard.ts';

/** Clients choose the names that match a wildcard, so that no more than these are kept. */
const memory = 1000;

export interface ModelGroups {
  /** What answers to a name, or null. */
  find(name: string): ModelGroup | null;
  /** The names that a client may ask for: models and aliases that are not hidden. */
  readonly names: string[];
}

/**
 * Who answers to which name: an alias for the model it stands for, then a `model_name`, then a
 * deployment's id, then the most specific wildcard.
 */
export function createModelGroups({
  deployments,
  targets,
  resolve,
  aliases,
}: {
  deployments: readonly Deployment[];
  /** By deployment id. */
  targets: ReadonlyMap<string, Target>;
  resolve: (deployment: Deployment) => Target;
  aliases: RoutingRules['aliases'];
}): ModelGroups {
  const candidates = deployments.map((deployment): Candidate => {
    const target = targets.get(deployment.id);
    if (!target) throw new Error(`The deployment ${deployment.id} has no target`);
    return { deployment, target, state: createDeploymentState() };
  });
  const named = Map.groupBy(candidates, ({ deployment }) => deployment.modelName);
  const groups = new Map<string, ModelGroup>();
  for (const candidate of candidates) {
    const { id } = candidate.deployment;
    groups.set(id, { name: id, candidates: [candidate], isById: true });
  }
  for (const [name, members] of named) {
    groups.set(name, { name, candidates: members, isById: false });
  }
  const wildcards = [...named.keys()].filter(isWildcard).map(readWildcard).sort(bySpecificity);
  const filled = new Map<string, ModelGroup | null>();

  function findByWildcard(name: string): ModelGroup | null {
    const kept = filled.get(name);
    if (kept !== undefined) return kept;
    if (filled.size >= memory) filled.clear();
    const group = fill(name);
    filled.set(name, group);
    return group;
  }

  function fill(name: string): ModelGroup | null {
    for (const wildcard of wildcards) {
      const stars = matchWildcard(wildcard, name);
      if (stars) return fillGroup(name, wildcard, stars);
    }
    return null;
  }

  function fillGroup(name: string, { pattern }: Wildcard, stars: string[]): ModelGroup | null {
    const members = (named.get(pattern) ?? []).flatMap(({ deployment, state }) => {
      const model = fillStars(deployment.model, stars);
      const own = { ...deployment, model };
      const target = resolveOrNull(own, resolve);
      return target ? [{ deployment: own, target, state }] : [];
    });
    return members.length > 0 ? { name, candidates: members, isById: false } : null;
  }

  return {
    find(name) {
      const model = aliases.get(name)?.model ?? name;
      const group = groups.get(model);
      if (group && !isWildcard(model)) return group;
      return wildcards.length > 0 ? findByWildcard(model) : null;
    },
    names: [
      ...named.keys(),
      ...[...aliases].filter(([name, { hidden }]) => !hidden && !named.has(name)).map(([n]) => n),
    ],
  };
}

/** A name under `*` may be of a provider that is not known, or has no key here. */
function resolveOrNull(
  deployment: Deployment,
  resolve: (deployment: Deployment) => Target,
): Target | null {
  try {
    return resolve(deployment);
  } catch (error) {
    if (error instanceof SetupError) return null;
    throw error;
  }
}
