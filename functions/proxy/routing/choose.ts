import type { RoutingRules } from '../../_shared/config/routing.ts';
import { GatewayError } from '../../_shared/errors.ts';
import type { EpochMs } from '../../_shared/units.ts';
import type { Asked } from '../api.ts';
import type { ChatRequest } from '../chat-request.ts';
import type { Candidate, ModelGroup } from './candidate.ts';
import type { Cooldowns } from './cooldowns.ts';
import { filterByContextWindow, filterByLimits } from './pre-call-checks.ts';
import { leastTokens } from './prompt-size.ts';
import { isLimiting, strategies } from './strategies.ts';
import { filterByTags } from './tags.ts';

export interface ChooseParts {
  rules: RoutingRules;
  cooldowns: Cooldowns;
  costOf: (candidate: Candidate) => number | null;
  windowOf: (candidate: Candidate) => number | null;
  now: () => EpochMs;
  random: () => number;
}

export interface Asking {
  asked: Asked;
  /** The question, where it can be counted. */
  prompt: (asked: Asked) => string | ChatRequest['messages'] | null;
  tags: () => readonly string[];
  /** By id: they failed this call already, and come last. */
  tried: ReadonlySet<string> | null;
}

/**
 * Chooses the deployment of a group that is to answer. Throws where none may: `rate_limit` while
 * all are left alone or at their limits, `invalid_request` for a prompt that none can take.
 */
export function createChooser(parts: ChooseParts) {
  const { rules, cooldowns, now, random } = parts;
  const choose = strategies[rules.strategy];
  const keepsLimits = rules.preCallChecks || isLimiting(rules.strategy);

  function check(
    candidates: readonly Candidate[],
    { asked, prompt }: Asking,
    model: string,
  ): readonly Candidate[] {
    const tokens = leastTokens(prompt(asked));
    const fitting = rules.preCallChecks
      ? filterByContextWindow(candidates, tokens, parts.windowOf, model)
      : candidates;
    return filterByLimits(fitting, tokens, now(), model);
  }

  return function chooseFrom(group: ModelGroup, asking: Asking): Candidate {
    const { asked, tags, tried } = asking;
    let left = group.candidates;
    if (!group.isById) {
      if (rules.tagFiltering !== 'off') {
        left = filterByTags(left, tags(), rules.tagFiltering, group.name);
      }
      left = open(left, group.name);
    }
    if (keepsLimits) left = check(left, asking, group.name);
    if (left.length === 1) return left[0] as Candidate;
    if (tried) left = fresh(left, tried);
    left = firstInOrder(left);
    if (left.length === 1) return left[0] as Candidate;
    const stream = asked.stream === true;
    const { latencyBuffer } = rules;
    return choose(left, { now: now(), random, stream, latencyBuffer, costOf: parts.costOf });
  };

  function open(candidates: readonly Candidate[], model: string): readonly Candidate[] {
    if (candidates.every(cooldowns.isOpen)) return candidates;
    const left = candidates.filter(cooldowns.isOpen);
    if (left.length > 0) return left;
    const seconds = Math.max(1, Math.ceil(cooldowns.untilOpen(candidates) / 1000));
    throw new GatewayError(
      'rate_limit',
      `No deployments available for the model '${model}': each has failed and is left alone for a while. Try again in ${seconds} s.`,
      { retryAfter: seconds },
    );
  }
}

function fresh(candidates: readonly Candidate[], tried: ReadonlySet<string>) {
  const left = candidates.filter(({ deployment }) => !tried.has(deployment.id));
  return left.length > 0 ? left : candidates;
}

/** LiteLLM's `order`: the lowest first; who has none comes last. */
function firstInOrder(candidates: readonly Candidate[]): readonly Candidate[] {
  if (candidates.every(({ deployment }) => deployment.routing.order === null)) return candidates;
  const orderOf = ({ deployment }: Candidate) =>
    deployment.routing.order ?? Number.POSITIVE_INFINITY;
  const first = Math.min(...candidates.map(orderOf));
  return candidates.filter((candidate) => orderOf(candidate) === first);
}
