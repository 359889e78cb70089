import { Counter, Gauge, type Registry } from '../../_shared/telemetry.ts';

/** The cache's figures on `/metrics`. */
export function createFigures(metrics: Registry, memory: { bytes: number; size: number }) {
  const registers = [metrics];
  const lookups = new Counter({
    name: 'cache_lookups_total',
    help: 'Calls that the cache was asked for, by what came of it',
    labelNames: ['result'],
    registers,
  });
  const errors = new Counter({
    name: 'cache_backend_errors_total',
    help: 'Times that the place where answers are kept failed or was too slow',
    registers,
  });
  const isUp = new Gauge({
    name: 'cache_backend_up',
    help: '0 while the place where answers are kept is given up, else 1',
    registers,
  });
  isUp.set(1);
  new Gauge({
    name: 'cache_memory_bytes',
    help: 'What the answers that are held in memory take',
    registers,
    collect() {
      this.set(memory.bytes);
    },
  });
  const followers = new Gauge({
    name: 'cache_followers',
    help: 'Calls that wait for the answer of an identical one in flight',
    registers,
  });
  const byResult = {
    memory: lookups.labels('memory'),
    backend: lookups.labels('backend'),
    shared: lookups.labels('shared'),
    miss: lookups.labels('miss'),
  };
  return {
    /** Found in memory, in the backend, given by an identical call in flight, or not at all. */
    looked: (result: keyof typeof byResult) => byResult[result].inc(),
    follows: () => followers.inc(),
    followed: () => followers.dec(),
    failed: () => errors.inc(),
    turned: (isOpen: boolean) => isUp.set(isOpen ? 1 : 0),
  };
}
