import { requestCompleted } from '../../../functions/_shared/events/types.ts';
import { openSqliteStore } from '../../../functions/_shared/store/sqlite/sqlite.ts';
import { createLogger, createMetrics } from '../../../functions/_shared/telemetry.ts';
import { readOrder, tell } from './doomed.ts';
import { factsOf, idOf, retention } from './numbered-record.ts';

export interface BookingOrder {
  path: string;
  now: number;
  /** Each batch is one transaction; two are under way at once. */
  batches: number[][];
}

/** Books what it is ordered to, while the store is maintained without a rest, and tells of each. */
const { path, now, batches } = await readOrder<BookingOrder>();
const store = await openSqliteStore({
  path,
  logger: createLogger('booking', 'error'),
  maintenance: { retention, metrics: createMetrics(), everyMs: 5 },
});
const source = '/tallygate/proxy/killed';
let next = 0;
async function book(): Promise<void> {
  for (;;) {
    const place = next++;
    const batch = batches[place];
    if (!batch) return;
    const records = batch.map((number) => ({
      id: idOf(number),
      source,
      data: requestCompleted.parse(factsOf(number, now)),
    }));
    await store.requestLogs.book(records);
    tell(place);
  }
}
await Promise.all([book(), book()]);
tell('done');
await store.close();
