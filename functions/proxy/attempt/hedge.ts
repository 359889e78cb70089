import type { GatewayError } from '../../_shared/errors.ts';
import type { Milliseconds } from '../../_shared/units.ts';
import { supersededBy, type Trial } from './trial.ts';

export interface Ended {
  trial: Trial;
  failure: GatewayError | null;
}

export interface HedgeParts {
  /** Begins an attempt that asks `mayAnswer` first, and ends by the signal. */
  open(mayAnswer: (trial: Trial) => boolean, signal: AbortSignal): Trial;
  /** The same at another deployment; null where there is none. */
  openBeside(mayAnswer: (trial: Trial) => boolean, signal: AbortSignal): Trial | null;
  /** Never rejects. */
  run(trial: Trial): Promise<GatewayError | null>;
  afterMs: Milliseconds;
}

/**
 * Makes an attempt, and where it has not begun to answer in time another one beside it. The first
 * to answer does; the other is cancelled and booked at once. Of two that fail the later one counts.
 */
export function hedge({ open, openBeside, run, afterMs }: HedgeParts): Promise<Ended> {
  return new Promise((resolve) => {
    const running = new Map<Trial, AbortController>();
    let winner: Trial | null = null;

    const mayAnswer = (trial: Trial): boolean => {
      if (winner === null && running.has(trial)) {
        winner = trial;
        clearTimeout(timer);
        for (const [other, controller] of running) if (other !== trial) cancel(other, controller);
      }
      return winner === trial;
    };

    function cancel(trial: Trial, controller: AbortController): void {
      running.delete(trial);
      trial.end(supersededBy());
      controller.abort(supersededBy());
    }

    function start(begin: typeof openBeside): void {
      const controller = new AbortController();
      const trial = begin(mayAnswer, controller.signal);
      if (trial === null) return;
      running.set(trial, controller);
      void run(trial).then((failure) => {
        if (!running.delete(trial) || running.size > 0) return;
        clearTimeout(timer);
        resolve({ trial, failure });
      });
    }

    const timer = setTimeout(() => start(openBeside), afterMs);
    start(open);
  });
}
