import type { EpochMs } from '../_shared/units.ts';

const freeGuesses = 5;
const quietMs = 60_000;
const longestWaitSeconds = 300;
const mostAddresses = 10_000;

/** All addresses together may guess this often, since an address can be made up. */
const freeGuessesInAll = 50;
const longestWaitInAllSeconds = 15;

interface Guesses {
  failures: number;
  lastFailure: EpochMs;
  blockedUntil: EpochMs;
}

export interface Throttle {
  /** Seconds until this address may try again; 0 when it may now. */
  wait(address: string): number;
  failed(address: string): void;
  succeeded(address: string): void;
}

/**
 * Slows down guesses at the password: after five failures in a minute each further one doubles the
 * wait, up to five minutes. The wait of all together stays short, so that a stranger who guesses
 * cannot lock the owner out.
 */
export function createThrottle(now: () => EpochMs): Throttle {
  const byAddress = new Map<string, Guesses>();
  const all: Guesses = { failures: 0, lastFailure: 0, blockedUntil: 0 };

  const count = (guesses: Guesses, free: number, longest: number) => {
    forgetOld(guesses);
    guesses.failures++;
    guesses.lastFailure = now();
    const over = guesses.failures - free;
    if (over >= 0) guesses.blockedUntil = now() + Math.min(2 ** over, longest) * 1000;
  };

  const forgetOld = (guesses: Guesses) => {
    const { lastFailure, blockedUntil } = guesses;
    if (now() - Math.max(lastFailure, blockedUntil) >= quietMs) guesses.failures = 0;
  };

  return {
    wait(address) {
      const until = Math.max(byAddress.get(address)?.blockedUntil ?? 0, all.blockedUntil);
      return Math.max(0, Math.ceil((until - now()) / 1000));
    },
    failed(address) {
      const guesses = byAddress.get(address) ?? { failures: 0, lastFailure: 0, blockedUntil: 0 };
      count(guesses, freeGuesses, longestWaitSeconds);
      // Set anew, the address is the map's youngest; the oldest makes room.
      byAddress.delete(address);
      byAddress.set(address, guesses);
      if (byAddress.size > mostAddresses) {
        byAddress.delete(byAddress.keys().next().value as string);
      }
      count(all, freeGuessesInAll, longestWaitInAllSeconds);
    },
    succeeded(address) {
      byAddress.delete(address);
    },
  };
}
