import type { RoutingRules } from '../../_shared/config/routing.ts';
import { asGatewayError, GatewayError } from '../../_shared/errors.ts';
import type { EpochMs, Milliseconds } from '../../_shared/units.ts';
import type { Asked } from '../api.ts';
import { backOff } from './back-off.ts';
import type { Candidate, ModelGroup } from './candidate.ts';
import type { Asking } from './choose.ts';
import { type FailureKind, failureKind, isNoneOfIts } from './failure-kind.ts';
import { fallbacksFor } from './fallbacks.ts';
import type { ModelGroups } from './model-groups.ts';
import type { FallbackEntry, RequestOptions } from './request-options.ts';
import { isOnlyElsewhere, retriesFor } from './retries.ts';

/** One attempt that a call is to make. */
export interface Leg {
  group: ModelGroup;
  candidate: Candidate;
  /** Before it is made. */
  waitMs: Milliseconds;
  asked: Asked;
  /** The same as JSON text. */
  text: string;
}

/** The way of one call from deployment to deployment. */
export interface RoutePlan {
  /** The attempt that is being made, or was the last one. */
  leg: Leg;
  retries: number;
  fallbacks: number;
  maxRetries(): number;
  readonly maxFallbacks: number;
  readonly options: RequestOptions;
  /** What is left of the call's own time; null where it set none. */
  leftMs(): Milliseconds | null;
  /** The attempt after one that failed; null where there is none to make. */
  next(failure: GatewayError): Leg | null;
  /** Another deployment of the same group, to be asked beside; null where there is none. */
  beside(): Leg | null;
}

export interface PlanParts {
  groups: ModelGroups;
  rules: RoutingRules;
  choose: (group: ModelGroup, asking: Asking) => Candidate;
  now: () => EpochMs;
  random: () => number;
}

export interface Planned {
  model: string;
  asked: Asked;
  text: string;
  prompt: Asking['prompt'];
  /** The deployment that alone can answer. */
  pinned: string | null;
  tags: () => readonly string[];
  options: RequestOptions;
}

/** An event has room for 64; a call that hedges makes two at a time. */
const mostAttempts = 60;

/**
 * Plans a call: its first attempt, and after each failure the next: a retry within the group, on
 * another deployment if there is one, or the first of the fallbacks that has not been asked yet.
 * Throws what stands against the first attempt where no fallback helps.
 */
export function planRoute(parts: PlanParts, planned: Planned): RoutePlan {
  const { groups, rules, now, random } = parts;
  const { options, tags } = planned;
  const deadline = options.timeoutMs === null ? null : now() + options.timeoutMs;
  let attempts = 0;
  let retriesHere = 0;
  let fallbacks = 0;
  let tried: Set<string> | null = null;
  let passed: Set<string> | null = null;
  let pending: readonly FallbackEntry[] = [];

  const leftMs = () => (deadline === null ? null : deadline - now());
  const usualRetries = ({ candidate: { deployment } }: Leg) =>
    options.retries ?? deployment.routing.retries ?? rules.retries;

  function enter(group: ModelGroup, asked: Asked, text: string): Leg {
    const candidate = parts.choose(group, { asked, prompt: planned.prompt, tags, tried });
    attempts++;
    return { group, candidate, waitMs: 0, asked, text };
  }

  /** Null where none of the group can be asked now. */
  function enterOrNull(group: ModelGroup, asked: Asked, text: string): Leg | null {
    try {
      return enter(group, asked, text);
    } catch (thrown) {
      if (thrown instanceof GatewayError) return null;
      throw thrown;
    }
  }

  function retry(kind: FailureKind, failure: GatewayError): Leg | null {
    const { group, candidate, asked, text } = plan.leg;
    const { id } = candidate.deployment;
    if (retriesHere >= retriesFor(kind, group.name, plan.maxRetries(), rules)) return null;
    tried = (tried ?? new Set()).add(id);
    const next = enterOrNull(group, asked, text);
    if (next === null) return null;
    if (tried.has(next.candidate.deployment.id)) {
      if (isOnlyElsewhere(kind)) return null;
      const { retryAfter } = failure.details;
      const leastMs = rules.retryAfterMs;
      const waitMs = backOff({ retry: retriesHere, retryAfter, leastMs, random });
      if (waitMs === null || waitMs >= (leftMs() ?? Number.POSITIVE_INFINITY)) return null;
      next.waitMs = waitMs;
    }
    plan.retries++;
    retriesHere++;
    return next;
  }

  /** `failed` is a name that was asked for and is not to be asked for again. */
  function fallBack(failed: string, kind: FailureKind): Leg | null {
    passed = (passed ?? new Set()).add(failed);
    pending = [...fallbacksFor(failed, kind, rules.fallbacks, options), ...pending];
    while (pending.length > 0 && fallbacks < rules.fallbacks.max) {
      const [entry, ...rest] = pending as [FallbackEntry, ...FallbackEntry[]];
      pending = rest;
      const model = typeof entry === 'string' ? entry : entry.model;
      const group = groups.find(model);
      if (group === null || passed.has(group.name)) continue;
      passed.add(group.name);
      tried = null;
      retriesHere = 0;
      const next =
        typeof entry === 'string'
          ? enterOrNull(group, planned.asked, planned.text)
          : enterOrNull(group, entry.asked, JSON.stringify(entry.asked));
      if (next === null) continue;
      fallbacks++;
      return next;
    }
    return null;
  }

  function begin(): Leg {
    const { model, asked, text, pinned } = planned;
    const found = groups.find(model);
    if (!found) throw unknownModel(model);
    if (pinned !== null) return enter(onlyPinned(found, pinned), asked, text);
    const group = found;
    let failure: GatewayError;
    try {
      if (options.mock === null) return enter(group, asked, text);
      failure = mocked(options.mock, group.name);
    } catch (thrown) {
      failure = asGatewayError(thrown);
      if (isNoneOfIts(failure)) throw thrown;
    }
    const next = fallBack(group.name, failureKind(failure));
    if (next === null) throw failure;
    return next;
  }

  // Plain members: an object with accessors takes as long to make as all the rest of a plan.
  const plan: RoutePlan = {
    leg: begin(),
    retries: 0,
    fallbacks,
    maxRetries: () => usualRetries(plan.leg),
    maxFallbacks: rules.fallbacks.max,
    options,
    leftMs,
    next(failure) {
      if (isNoneOfIts(failure) || attempts >= mostAttempts || (leftMs() ?? 1) <= 0) return null;
      const kind = failureKind(failure);
      const next = retry(kind, failure) ?? fallBack(plan.leg.group.name, kind);
      plan.fallbacks = fallbacks;
      if (next !== null) plan.leg = next;
      return next;
    },
    beside() {
      const { group, candidate, asked, text } = plan.leg;
      if (group.candidates.length < 2 || attempts >= mostAttempts) return null;
      tried = (tried ?? new Set()).add(candidate.deployment.id);
      const next = enterOrNull(group, asked, text);
      const id = next?.candidate.deployment.id;
      if (id === undefined || tried.has(id)) return null;
      tried.add(id);
      return next;
    },
  };
  return plan;
}

/** What a deployment keeps, such as a stored response, is at that deployment alone. */
function onlyPinned(group: ModelGroup, id: string): ModelGroup {
  const candidates = group.candidates.filter(({ deployment }) => deployment.id === id);
  if (candidates.length > 0) return { ...group, candidates, isById: true };
  throw new GatewayError(
    'not_found',
    'The deployment that made what this request refers to is not one of this model (any more). ' +
      'Ask with the model that made it, or begin anew.',
  );
}

const unknownModel = (model: string) =>
  new GatewayError(
    'model_not_found',
    `The model '${model}' does not exist here. GET /v1/models lists those that do.`,
    { param: 'model' },
  );

const mocks: Partial<Record<FailureKind, ConstructorParameters<typeof GatewayError>>> = {
  rate_limit: ['rate_limit', 'as if it were at its rate limit'],
  context_window: [
    'invalid_request',
    'as if the prompt were too long',
    { upstreamCode: 'context_length_exceeded' },
  ],
  content_policy: [
    'invalid_request',
    'as if the prompt were refused',
    { upstreamCode: 'content_policy_violation' },
  ],
};

function mocked(kind: FailureKind, model: string): GatewayError {
  const [code, how, details] = mocks[kind] ?? ['upstream', 'as if it had failed', { status: 500 }];
  return new GatewayError(
    code,
    `The model '${model}' was not asked, ${how}: mock_testing.`,
    details,
  );
}
