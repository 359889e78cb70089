import { GatewayError } from '../../_shared/errors.ts';
import type { CallStatus } from '../../_shared/events/types.ts';
import { outputTokens, totalTokens } from '../../_shared/units.ts';
import type { Answer, Call } from '../call.ts';
import type { Leg } from '../routing/route-plan.ts';
import type { Router } from '../routing/router.ts';

/** One attempt as it goes on: what it brings is the call's only when it answers the client. */
export interface Trial {
  readonly leg: Leg;
  /** Ends it. */
  readonly signal: AbortSignal;
  answer: Answer | null;
  firstTokenAt: number | null;
  httpStatus: number | null;
  /** Whether the client has its answer, or the beginning of it. */
  hasAnswered: boolean;
  /**
   * To be called before the client gets anything of its answer. Throws where another attempt was
   * first: chunks of two are never in one stream.
   */
  claim(): void;
  /** Books it. What comes after the first time does not count. */
  end(failure: GatewayError | null): void;
}

export interface TrialParts {
  router: Router;
  signal: AbortSignal;
  /** Decides between attempts that run beside each other. */
  mayAnswer?: (trial: Trial) => boolean;
}

/** Begins an attempt. */
export function openTrial(call: Call, leg: Leg, parts: TrialParts): Trial {
  const { router, signal, mayAnswer } = parts;
  const { deployment, target } = leg.candidate;
  const startedAt = Date.now();
  const started = performance.now();
  const isProbe = router.begin(leg);
  let hasEnded = false;

  const trial: Trial = {
    leg,
    signal,
    answer: null,
    firstTokenAt: null,
    httpStatus: null,
    hasAnswered: false,
    claim() {
      if (mayAnswer && !mayAnswer(trial)) throw supersededBy();
      trial.hasAnswered = true;
      router.answered(leg, isProbe);
      adopt(call, trial);
    },
    end(failure) {
      if (hasEnded) return;
      hasEnded = true;
      const durationMs = performance.now() - started;
      const { firstTokenAt, hasAnswered } = trial;
      router.end(leg, isProbe, hasAnswered, {
        failure,
        durationMs,
        firstTokenMs: firstTokenAt === null ? null : firstTokenAt - started,
        tokens: () => countOf(trial),
      });
      const row = {
        deployment_id: deployment.id,
        provider: target.provider,
        upstream_model: target.model,
        api_base: target.apiBase,
        started_at: startedAt,
        duration_ms: durationMs,
        status: statusOf(failure),
        http_status: trial.httpStatus,
        error: failure && { ...failure.body.error, message: failure.message.slice(0, 8192) },
      };
      call.attempts.push(row);
      const isSpent = trial.answer !== null || row.status === 'interrupted';
      if (!hasAnswered && isSpent) call.lost.push({ row, leg, answer: trial.answer });
    },
  };
  return trial;
}

/** What the call shows of who answers it. */
export function adopt(call: Call, trial: Trial): void {
  const { group, candidate } = trial.leg;
  call.group = group.name;
  call.deployment = candidate.deployment;
  call.target = candidate.target;
  call.answer = trial.answer;
  call.firstTokenAt = trial.firstTokenAt;
}

/** The attempt's end where another one, asked beside it, was first. */
export const supersededBy = () =>
  new GatewayError('client_closed', 'Another deployment, asked beside this one, answered first.', {
    type: 'attempt_cancelled',
    upstreamCode: 'attempt_cancelled',
  });

function countOf({ answer }: Trial): { output: number; total: number } | null {
  const tokens = answer?.tokens;
  return tokens ? { output: outputTokens(tokens), total: totalTokens(tokens) } : null;
}

function statusOf(failure: GatewayError | null): CallStatus {
  if (failure === null) return 'success';
  const { code } = failure;
  return code === 'client_closed' || code === 'upstream_interrupted' ? 'interrupted' : 'failure';
}
