import type { Milliseconds } from '../../_shared/units.ts';
import type { Backend } from './backend.ts';
import { within } from './within.ts';

export interface GuardOptions {
  /** A call waits no longer than this for what may be kept. */
  readMs: Milliseconds;
  writeMs: Milliseconds;
  /** How many failures in a row close the place, and for how long. */
  failures: number;
  closedMs: Milliseconds;
  onFailure: (error: Error) => void;
  /** Called when it is given up, and when it is back. */
  onChange: (isOpen: boolean, error: Error | null) => void;
  now?: () => number;
}

export type Guard = ReturnType<typeof createGuard>;

/**
 * A circuit breaker around a backend: one that is slow or dead is asked no more for a while, and
 * then by one call at a time until it answers again. Nothing here rejects.
 */
export function createGuard(backend: Backend, options: GuardOptions) {
  const { failures: most, closedMs, now = () => performance.now() } = options;
  let failures = 0;
  let closedUntil = 0;
  let isTrying = false;

  async function attempt<Result>(
    operation: () => Promise<Result>,
    patienceMs: Milliseconds,
  ): Promise<Result | null> {
    const isClosed = failures >= most;
    if (isClosed && (isTrying || now() < closedUntil)) return null;
    isTrying = isClosed;
    try {
      const result = await within(operation(), patienceMs);
      if (failures >= most) options.onChange(true, null);
      failures = 0;
      return result;
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      options.onFailure(error);
      failures++;
      closedUntil = now() + closedMs;
      if (failures === most) options.onChange(false, error);
      return null;
    } finally {
      if (isClosed) isTrying = false;
    }
  }

  return {
    get: (key: string) => attempt(() => backend.get(key), options.readMs),
    put: (key: string, value: Buffer, ttlMs: Milliseconds) =>
      attempt(() => backend.put(key, value, ttlMs), options.writeMs),
  };
}
