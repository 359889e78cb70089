import type { ReceivedEvent } from '../_shared/events/binary-event.ts';
import { answerAccepted, answerEvent, receiveEvents } from '../_shared/events/receive.ts';
import { eventTypes } from '../_shared/events/types.ts';
import { createRouter, type Handler } from '../_shared/http/router.ts';
import { createPriceBook } from '../_shared/pricing/price.ts';
import type { FunctionApp } from '../_shared/serve.ts';
import type { Store } from '../_shared/store/store.ts';
import { Counter, type Logger, type Registry } from '../_shared/telemetry.ts';
import { createBookKeeper } from './book-keeper.ts';
import { createJudge } from './judge.ts';
import { readRecord } from './read-record.ts';
import { type RedactionParts, redactRecord } from './redact-record.ts';
import type { ErrorRateOptions } from './rules/error-rate.ts';
import { schemaRoutes } from './schemas.ts';

export interface IngestParts {
  store: Store;
  eventsKey: Buffer;
  requireSignature: boolean;
  revision: string;
  errorRate: ErrorRateOptions;
  /** For records of other producers than the proxy. */
  redaction: RedactionParts;
  maxBodyBytes: number;
  logger: Logger;
  metrics: Registry;
}

/**
 * Takes log events and books each once. A sender hears 202 (or 200 with an alert) only after its
 * record is in the store; 400 for an event that can never be booked; 503 for one that should come
 * again. A batch with a faulty event is refused whole, before any of it is booked.
 */
export function createIngest(parts: IngestParts): FunctionApp {
  const { store, eventsKey, requireSignature, logger, metrics } = parts;
  const priceBook = createPriceBook();
  const bookKeeper = createBookKeeper({ store, logger, metrics });
  const source = `/tallygate/ingest/${parts.revision}`;
  const judge = createJudge({ store, eventsKey, source, errorRate: parts.errorRate, logger });
  const ignored = new Counter({
    name: 'ingest_events_ignored_total',
    help: 'Events of a type that is not booked',
    registers: [metrics],
  });

  const isRecord = (event: ReceivedEvent) => event.type === eventTypes.requestCompleted;

  const takeEvents: Handler = async (request, response) => {
    const limit = parts.maxBodyBytes;
    const events = await receiveEvents(request, { key: eventsKey, requireSignature, limit });
    const read = events.filter(isRecord).map((event) => readRecord(event, priceBook));
    const records = await Promise.all(read.map((each) => redactRecord(each, parts.redaction)));
    ignored.inc(events.length - records.length);
    if (records.length > 0) await bookKeeper.book(records);
    const failed = records.some(({ data }) => data.status === 'failure');
    const alert = failed ? await judge() : null;
    if (alert) answerEvent(response, alert);
    else answerAccepted(response);
  };

  const routeRequest = createRouter({
    'POST /events': takeEvents,
    'POST /': takeEvents,
    ...schemaRoutes(),
  });

  return {
    async handle(request, response) {
      const { handler, params } = routeRequest(request);
      await handler(request, response, params);
    },
    isDirect: (request) => request.method === 'POST',
    async ready() {
      await store.ping();
      return { store: 'connected' };
    },
    async close() {
      await parts.redaction.redactor.close();
      await store.close();
    },
  };
}
