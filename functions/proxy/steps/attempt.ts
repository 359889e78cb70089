import type { Milliseconds } from '../../_shared/units.ts';
import { type AskParts, ask } from '../attempt/ask.ts';
import { type Ended, hedge } from '../attempt/hedge.ts';
import { pause } from '../attempt/pause.ts';
import { adopt, openTrial, type Trial } from '../attempt/trial.ts';
import type { Call } from '../call.ts';
import type { Leg, RoutePlan } from '../routing/route-plan.ts';
import type { Router } from '../routing/router.ts';
import type { Step } from '../stairs.ts';

export interface AttemptParts extends AskParts {
  router: Router;
  /** When a second deployment is asked beside the first; null for never. */
  hedgeAfterMs: Milliseconds | null;
}

/**
 * Asks the chosen deployment, and after a failure the next that the plan has, until one has begun
 * to answer: then it is too late for another. Each attempt is told in `attempts`.
 */
export function attempt(parts: AttemptParts): Step {
  const { router, hedgeAfterMs } = parts;

  const askOne = async (call: Call, plan: RoutePlan): Promise<Ended> => {
    const trial = openTrial(call, plan.leg, { router, signal: call.clientGone });
    return { trial, failure: await ask(call, plan, trial, parts) };
  };

  const askTwo = (call: Call, plan: RoutePlan, afterMs: Milliseconds): Promise<Ended> => {
    const open = (leg: Leg, mayAnswer: (trial: Trial) => boolean, cancelled: AbortSignal) =>
      openTrial(call, leg, {
        router,
        signal: AbortSignal.any([call.clientGone, cancelled]),
        mayAnswer,
      });
    return hedge({
      open: (mayAnswer, signal) => open(plan.leg, mayAnswer, signal),
      openBeside(mayAnswer, signal) {
        const leg = plan.beside();
        return leg && open(leg, mayAnswer, signal);
      },
      run: (trial) => ask(call, plan, trial, parts),
      afterMs,
    });
  };

  return async function attempt(call) {
    const { plan } = call;
    if (!plan) throw new Error('attempt needs a routed call');
    const started = performance.now();
    try {
      for (;;) {
        const isToHedge = hedgeAfterMs !== null && plan.leg.group.candidates.length > 1;
        const { trial, failure } = isToHedge
          ? await askTwo(call, plan, hedgeAfterMs)
          : await askOne(call, plan);
        if (failure === null) return;
        const next = trial.hasAnswered ? null : plan.next(failure);
        if (next === null) {
          giveUp(call, trial);
          throw failure;
        }
        if (next.waitMs > 0) await pause(next.waitMs, call.clientGone);
      }
    } finally {
      call.upstreamMs = performance.now() - started;
    }
  };
}

/** The last attempt is the call's, with what came of it. */
function giveUp(call: Call, trial: Trial): void {
  if (trial.hasAnswered) return;
  adopt(call, trial);
  call.lost = call.lost.filter(({ row }) => row !== call.attempts.at(-1));
}
