import { setTimeout as delay } from 'node:timers/promises';
import type { Milliseconds } from '../../../units.ts';

const usualMs: Milliseconds = 60_000;
/** From the start, when there are other things to do. */
const firstMs: Milliseconds = 5000;
/** While there is more to do. */
const betweenMs: Milliseconds = 1000;

export interface Schedule {
  /** Resolves when the round that is under way has come to an end. */
  stop(): Promise<void>;
}

/** Calls `round` each minute, and again soon after one that left something. It must not reject. */
export function schedule(
  round: (signal: AbortSignal) => Promise<{ more: boolean }>,
  everyMs: Milliseconds = usualMs,
): Schedule {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async () => {
    for (let pause = Math.min(firstMs, everyMs); !signal.aborted; ) {
      // A process that has nothing else to do may end.
      await delay(pause, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted) return;
      pause = (await round(signal)).more ? betweenMs : everyMs;
    }
  };
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
