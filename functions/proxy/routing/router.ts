import type { RoutingRules } from '../../_shared/config/routing.ts';
import type { GatewayError } from '../../_shared/errors.ts';
import type { EpochMs, Milliseconds } from '../../_shared/units.ts';
import type { Candidate } from './candidate.ts';
import { type ChooseParts, createChooser } from './choose.ts';
import type { Cooldowns } from './cooldowns.ts';
import { inMinuteOf, noteTime } from './deployment-state.ts';
import { isNoneOfIts } from './failure-kind.ts';
import type { ModelGroups } from './model-groups.ts';
import { type Leg, type Planned, type PlanParts, planRoute, type RoutePlan } from './route-plan.ts';

/** How an attempt went. Times are from its start. */
export interface Outcome {
  failure: GatewayError | null;
  durationMs: Milliseconds;
  firstTokenMs: Milliseconds | null;
  /** Asked only where somebody counts them. */
  tokens: () => { output: number; total: number } | null;
}

export interface Router {
  plan(planned: Planned): RoutePlan;
  /** An attempt begins. True where it is the one that tries a deployment after its cooldown. */
  begin(leg: Leg): boolean;
  /** It has begun to answer: what comes after is no news of its health. */
  answered(leg: Leg, isProbe: boolean): void;
  /** `hasAnswered`: the above was told of it. */
  end(leg: Leg, isProbe: boolean, hasAnswered: boolean, outcome: Outcome): void;
}

export interface RouterParts extends Omit<ChooseParts, 'now' | 'random'> {
  groups: ModelGroups;
  cooldowns: Cooldowns;
  now?: () => EpochMs;
  random?: () => number;
}

/** LiteLLM's: what fails at once is not the fastest. */
const failedMs = 1_000_000;

/** Where calls go, and what is learnt from how they went. */
export function createRouter(given: RouterParts): Router {
  const parts = { now: Date.now, random: Math.random, ...given };
  const { rules, cooldowns, now } = parts;
  const planParts: PlanParts = { ...parts, choose: createChooser(parts) };
  const wants = {
    times: rules.strategy === 'latency-based-routing',
    tokens: (candidate: Candidate) => countsTokens(rules, candidate),
  };

  return {
    plan: (planned) => planRoute(planParts, planned),
    begin({ candidate }) {
      candidate.state.inFlight++;
      inMinuteOf(candidate.state, now()).requests++;
      return cooldowns.begin(candidate);
    },
    answered: ({ candidate }, isProbe) => cooldowns.succeeded(candidate, isProbe),
    end({ candidate, group }, isProbe, hasAnswered, outcome) {
      const { state } = candidate;
      const { failure, durationMs, firstTokenMs } = outcome;
      state.inFlight--;
      if (!hasAnswered && failure !== null) {
        if (isNoneOfIts(failure)) cooldowns.abandoned(candidate, isProbe);
        else cooldowns.failed(candidate, group, failure, isProbe);
      }
      const tokens = wants.times || wants.tokens(candidate) ? outcome.tokens() : null;
      if (tokens) inMinuteOf(state, now()).tokens += tokens.total;
      if (!wants.times || (failure !== null && isNoneOfIts(failure))) return;
      if (failure !== null) {
        noteTime(state.firstTokenMs, failedMs);
        noteTime(state.perTokenMs, failedMs);
      } else if (firstTokenMs !== null) noteTime(state.firstTokenMs, firstTokenMs);
      else noteTime(state.perTokenMs, durationMs / Math.max(1, tokens?.output ?? 1));
    },
  };
}

const countsTokens = ({ strategy }: RoutingRules, { deployment }: Candidate): boolean =>
  deployment.routing.tpm !== null || strategy.startsWith('usage-based-routing');
