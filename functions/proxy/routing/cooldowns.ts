import type { CooldownRules } from '../../_shared/config/routing.ts';
import type { GatewayError } from '../../_shared/errors.ts';
import type { EpochMs, Milliseconds } from '../../_shared/units.ts';
import type { Candidate, ModelGroup } from './candidate.ts';
import { isFaultOfDeployment, shouldCool } from './cooldown-rules.ts';
import type { CooldownStore } from './cooldown-store.ts';
import { inMinuteOf } from './deployment-state.ts';

/** An upstream cannot have itself forgotten. */
const longestMs = 3_600_000;

/** What became of a deployment, for the log. */
export type CooldownNews =
  | { deployment: string; event: 'cooling_down'; forMs: Milliseconds; failure: GatewayError }
  | { deployment: string; event: 'recovered' };

export interface CooldownParts {
  /** Null where no deployment is ever left alone. */
  rules: CooldownRules | null;
  store: CooldownStore;
  now: () => EpochMs;
  onNews: (news: CooldownNews) => void;
}

/**
 * Leaves deployments alone that fail. When its time is over one call tries a deployment, and the
 * others go elsewhere until they know how that went: a circuit breaker, half open.
 */
export function createCooldowns({ rules, store, now, onNews }: CooldownParts) {
  const probed = new Set<string>();

  const isOpen = ({ deployment: { id } }: Candidate): boolean => {
    const until = store.until(id);
    return until === undefined || (until <= now() && !probed.has(id));
  };

  function cool({ deployment }: Candidate, failure: GatewayError, usualMs: Milliseconds): void {
    const { retryAfter } = failure.details;
    const askedMs = retryAfter === undefined ? usualMs : retryAfter * 1000;
    const forMs = Math.min(Math.max(askedMs, 0), longestMs);
    if (forMs === 0) return;
    store.set(deployment.id, now() + forMs);
    onNews({ deployment: deployment.id, event: 'cooling_down', forMs, failure });
  }

  function close(id: string): void {
    probed.delete(id);
    if (store.until(id) === undefined) return;
    store.delete(id);
    onNews({ deployment: id, event: 'recovered' });
  }

  return {
    isOpen,
    /** When the first of these can be asked again, in milliseconds from now. */
    untilOpen(candidates: readonly Candidate[]): Milliseconds {
      const times = candidates.map(({ deployment }) => store.until(deployment.id) ?? 0);
      return Math.max(0, Math.min(...times) - now());
    },
    /** A call is on its way to it. True where it is the one that tries. */
    begin({ deployment: { id } }: Candidate): boolean {
      const until = store.until(id);
      if (until === undefined || until > now() || probed.has(id)) return false;
      probed.add(id);
      return true;
    },
    /** It has begun to answer. */
    succeeded(candidate: Candidate, isProbe: boolean): void {
      inMinuteOf(candidate.state, now()).ended++;
      if (isProbe) close(candidate.deployment.id);
    },
    failed(
      candidate: Candidate,
      { candidates }: ModelGroup,
      failure: GatewayError,
      isProbe: boolean,
    ): void {
      const { id, routing } = candidate.deployment;
      const isAtFault = isFaultOfDeployment(failure);
      const state = inMinuteOf(candidate.state, now());
      state.ended++;
      if (isAtFault) state.failures++;
      if (isProbe && !isAtFault) close(id);
      probed.delete(id);
      if (rules === null || !isAtFault) return;
      const isAlone = !candidates.some((each) => each.state !== candidate.state && isOpen(each));
      // One that was cooling down already has shown that it still fails.
      const isToCool = (isProbe && !isAlone) || shouldCool(failure, state, isAlone, rules);
      if (isToCool) cool(candidate, failure, routing.cooldownMs ?? rules.cooldownMs);
      else if (isProbe) store.delete(id);
    },
    /** How it went is not known: another call is to try. */
    abandoned({ deployment: { id } }: Candidate, isProbe: boolean): void {
      if (isProbe) probed.delete(id);
    },
  };
}

export type Cooldowns = ReturnType<typeof createCooldowns>;
