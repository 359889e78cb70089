import { eventTypes } from '../../../functions/_shared/events/types.ts';
import { createLogger, createMetrics } from '../../../functions/_shared/telemetry.ts';
import { createOutbox } from '../../../functions/proxy/outbox/outbox.ts';
import { readOrder, tell } from './doomed.ts';
import { factsOf, idOf } from './numbered-record.ts';

export interface PuttingOrder {
  path: string;
  sink: string;
  /** Hex. */
  key: string;
  now: number;
  /** Each batch is put in one turn of the loop. */
  batches: number[][];
}

/** Puts records into an outbox, tells of each that is kept, and at the end when all are delivered. */
const { path, sink, key, now, batches } = await readOrder<PuttingOrder>();
const source = '/tallygate/proxy/killed';
const metrics = createMetrics();
const outbox = createOutbox(
  {
    path,
    sink,
    overrides: {},
    key: Buffer.from(key, 'hex'),
    maxBytes: 256 * 1024 ** 2,
    source,
    alertWindowMs: 3600_000,
  },
  {
    payloads: { keep: ({ id }) => Promise.reject(new Error(`the bodies of ${id} are not large`)) },
    logger: createLogger('putting', 'error'),
    metrics,
  },
);
for (const [place, batch] of batches.entries()) {
  await Promise.all(
    batch.map((number) =>
      outbox.put({
        id: idOf(number),
        source,
        type: eventTypes.requestCompleted,
        time: now,
        extensions: { partitionkey: `k${number % 13}` },
        data: JSON.stringify(factsOf(number, now)),
      }),
    ),
  );
  tell(place);
}
await outbox.drained();
const lost = await metrics.getSingleMetric('lost_records_total')?.get();
if (lost?.values[0]?.value !== 0) throw new Error('The outbox lost records.');
tell('done');
await outbox.close();
