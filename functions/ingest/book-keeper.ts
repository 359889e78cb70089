import { GatewayError } from '../_shared/errors.ts';
import type { BookableRecord } from '../_shared/store/request-logs.ts';
import type { Store } from '../_shared/store/store.ts';
import { Counter, Histogram, type Logger, type Registry } from '../_shared/telemetry.ts';
import { createConflictWatch } from './conflict-watch.ts';

/** Records in one transaction; the store takes up to 1,000. */
const batchLimit = 200;
/** Records that may wait. Beyond it a sender had better come again. */
const queueLimit = 5000;

/** A store that is away is away for all; any other failure is of a record in the batch. */
const isOfRecords = (error: unknown) =>
  !(error instanceof GatewayError && error.code === 'unavailable');

interface Waiting {
  record: BookableRecord;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Group commit: while one batch is being booked the next one gathers, so that the busier ingest
 * is, the fewer transactions a record costs. `book` resolves when the record is in the store.
 */
export function createBookKeeper({
  store,
  logger,
  metrics,
}: {
  store: Store;
  logger: Logger;
  metrics: Registry;
}) {
  const booked = new Counter({
    name: 'ingest_records_booked_total',
    help: 'Records newly booked',
    registers: [metrics],
  });
  const duplicates = new Counter({
    name: 'ingest_records_duplicate_total',
    help: 'Records that were booked before',
    registers: [metrics],
  });
  const conflicts = createConflictWatch(logger, metrics);
  const batchSize = new Histogram({
    name: 'ingest_batch_records',
    help: 'Records in one transaction',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200],
    registers: [metrics],
  });

  let queue: Waiting[] = [];
  let busy = false;

  async function work() {
    busy = true;
    while (queue.length > 0) {
      const batch = queue.slice(0, batchLimit);
      queue = queue.slice(batchLimit);
      await bookBatch(batch);
    }
    busy = false;
  }

  async function bookBatch(batch: Waiting[]) {
    try {
      const answer = await store.requestLogs.book(batch.map(({ record }) => record));
      booked.inc(answer.booked);
      duplicates.inc(batch.length - answer.booked);
      conflicts(answer.conflicts);
      batchSize.observe(batch.length);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      // One record that cannot be booked must not keep those out that came with it.
      if (batch.length > 1 && isOfRecords(error)) {
        for (const waiting of batch) await bookBatch([waiting]);
      } else {
        for (const { reject } of batch) reject(error);
      }
    }
  }

  return {
    async book(records: BookableRecord[]): Promise<void> {
      if (queue.length + records.length > queueLimit) {
        throw new GatewayError('unavailable', 'Too many records are waiting to be booked.', {
          retryAfter: 1,
        });
      }
      const all = records.map(
        (record) => new Promise<void>((resolve, reject) => queue.push({ record, resolve, reject })),
      );
      // Requests that are being read in this turn of the loop join the same batch.
      if (!busy) {
        busy = true;
        setImmediate(() => void work());
      }
      await Promise.all(all);
    },
  };
}

export type BookKeeper = ReturnType<typeof createBookKeeper>;
