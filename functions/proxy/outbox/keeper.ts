import type { PayloadText } from '../../_shared/store/payloads.ts';

/** Why the store did not take bodies. */
export interface KeepFailure {
  reason: string;
  /** It is away, for whichever bodies. */
  isAway: boolean;
}

/** Longer than any store takes to say that it is away. */
const patienceMs = 60_000;

/**
 * Has bodies put into the store by the main thread, which is where the store is. `keep` gives null
 * when they are there.
 */
export function createKeeper(ask: (ticket: number, payload: PayloadText) => void) {
  const waiting = new Map<number, (failure: KeepFailure | null) => void>();
  let lastTicket = 0;
  return {
    keep(payload: PayloadText): Promise<KeepFailure | null> {
      const ticket = ++lastTicket;
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          const reason = `the store has not answered for ${patienceMs / 1000} s`;
          this.answer(ticket, { reason, isAway: true });
        }, patienceMs);
        waiting.set(ticket, (failure) => {
          clearTimeout(timer);
          resolve(failure);
        });
        ask(ticket, payload);
      });
    },
    answer(ticket: number, failure: KeepFailure | null) {
      waiting.get(ticket)?.(failure);
      waiting.delete(ticket);
    },
  };
}
