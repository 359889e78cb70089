import type { RecordName } from '../_shared/store/request-logs.ts';
import { Counter, type Logger, type Registry } from '../_shared/telemetry.ts';

/** A producer that reuses ids does so again and again. */
const sayEveryMs = 60_000;

/**
 * Counts records that came under the name of another that says something else. The first is the
 * one in the books. Says which they were, but not what they held, and not all of them.
 */
export function createConflictWatch(
  logger: Logger,
  metrics: Registry,
  now = () => performance.now(),
) {
  const conflicts = new Counter({
    name: 'ingest_records_conflict_total',
    help: 'Records that say something else than the one that was booked under their id and source',
    registers: [metrics],
  });
  let quietUntil = 0;
  let unsaid = 0;
  return function watch(names: RecordName[]) {
    const [first] = names;
    if (!first) return;
    conflicts.inc(names.length);
    unsaid += names.length;
    if (now() < quietUntil) return;
    quietUntil = now() + sayEveryMs;
    const { id, source } = first;
    const message = 'an id was used again for another call; what came first stays in the books';
    logger.warn({ id, source, since_last_said: unsaid }, message);
    unsaid = 0;
  };
}
