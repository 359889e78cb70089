import { type RequestCompletedInput, requestCompleted } from '../../events/types.ts';
import type { TimeRange } from '../bounds.ts';
import type { BookableRecord } from '../request-logs.ts';

let lastId = 0;

export function aRecord(data: Partial<RequestCompletedInput> = {}, id?: string): BookableRecord {
  const given = { started_at: Date.now(), model: 'm', latency_ms: 100, cost_nanos: 5, ...data };
  const source = '/tallygate/test/1';
  return { id: id ?? `call-${++lastId}`, source, data: requestCompleted.parse(given) };
}

let lastDay = Date.UTC(2001, 0, 1);

/** A time range of a test's own, so that tests of one store do not see each other's records. */
export function ownRange(): TimeRange {
  lastDay += 10 * 86_400_000;
  return { from: lastDay, to: lastDay + 86_400_000 };
}
