import type { Milliseconds } from '../../_shared/units.ts';
import type { KeptAnswer } from './kept-answer.ts';

export interface FollowOptions {
  /** Aborts when who follows has gone. */
  gone: AbortSignal;
  patienceMs: Milliseconds;
}

/** A call that is being answered, as its like see it. */
export interface Flight {
  /**
   * Its answer; null where it has none to give, takes too long, or the asker has gone. A call that
   * gets null goes its own way, so that it is never worse off than if there had been no cache.
   */
  follow(options: FollowOptions): Promise<KeptAnswer | null>;
}

/** The same, as the call sees it that leads. */
export interface Lead {
  /**
   * Aborts when nobody is left who wants the answer: a leader whose client hangs up goes on for
   * those who follow.
   */
  unwanted: AbortSignal;
  land(answer: KeptAnswer | null): void;
}

/** Identical calls in flight in this process: the first asks the upstream, the others wait. */
export function createFlights() {
  const flights = new Map<string, Flight>();

  return {
    at: (key: string): Flight | undefined => flights.get(key),
    lead(key: string, leaderGone: AbortSignal): Lead {
      const landed = Promise.withResolvers<KeptAnswer | null>();
      const unwanted = new AbortController();
      let followers = 0;
      const look = () => {
        if (leaderGone.aborted && followers === 0) unwanted.abort();
      };
      leaderGone.addEventListener('abort', look);
      look();
      flights.set(key, {
        async follow({ gone, patienceMs }) {
          followers++;
          const left = Promise.withResolvers<null>();
          const leave = () => left.resolve(null);
          const timer = setTimeout(leave, patienceMs);
          gone.addEventListener('abort', leave);
          if (gone.aborted) leave();
          try {
            return await Promise.race([landed.promise, left.promise]);
          } finally {
            clearTimeout(timer);
            gone.removeEventListener('abort', leave);
            followers--;
            look();
          }
        },
      });
      return {
        unwanted: unwanted.signal,
        land(answer) {
          flights.delete(key);
          leaderGone.removeEventListener('abort', look);
          landed.resolve(answer);
        },
      };
    },
  };
}
