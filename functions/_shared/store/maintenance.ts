import { Counter, Gauge, type Logger, type Registry } from '../telemetry.ts';
import type { Milliseconds } from '../units.ts';
import type { Retention } from './retention.ts';

/** What a process that keeps the store within its bounds is told to do. */
export interface Maintenance {
  retention: Retention;
  metrics: Registry;
  /** From one round to the next, where the first left nothing; a minute where not set. */
  everyMs?: Milliseconds;
}

/** What a round of maintenance did. */
export interface RoundReport {
  /** By kind. */
  deleted: Record<string, { rows: number; bytes: number }>;
  /** What could not be done now, and why. */
  failed: Record<string, string>;
  /** What the store takes on disk; null where that could not be seen. */
  size: number | null;
}

/** Tells of rounds in the log and at /metrics. */
export function createRoundReporter(
  logger: Logger,
  metrics: Registry,
): (report: RoundReport) => void {
  const sizeGauge = new Gauge({
    name: 'store_bytes',
    help: 'Bytes of the store on disk',
    registers: [metrics],
  });
  const rowsCounter = new Counter({
    name: 'store_deleted_rows_total',
    help: 'Rows deleted at the end of their time, or beyond what may be kept',
    labelNames: ['kind'],
    registers: [metrics],
  });
  const bytesCounter = new Counter({
    name: 'store_deleted_bytes_total',
    help: 'Bytes of bodies, and of whole partitions, deleted likewise',
    labelNames: ['kind'],
    registers: [metrics],
  });

  return ({ deleted, failed, size }) => {
    if (size !== null) sizeGauge.set(size);
    for (const [kind, { rows, bytes }] of Object.entries(deleted)) {
      rowsCounter.inc({ kind }, rows);
      bytesCounter.inc({ kind }, bytes);
    }
    if (Object.keys(deleted).length > 0) logger.info({ deleted }, 'the store deleted what is past');
    if (Object.keys(failed).length > 0) {
      logger.warn({ failed }, 'the store could not be maintained; the next round tries again');
    }
  };
}
