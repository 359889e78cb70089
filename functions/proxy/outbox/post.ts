import { Pool } from 'undici';
import { encodeEvent } from '../../_shared/events/encode.ts';
import type { Outcome } from './delivery.ts';
import { toExtensions } from './failures.ts';
import type { OutboxEvent, OutboxOptions } from './outbox.ts';

/** A broker that fans out synchronously answers when the slowest subscriber has. */
const patienceMs = 60_000;

/** The answers that Knative does not retry either: the event itself is at fault. */
const refusals = new Set([400, 401, 403, 413, 415, 422]);

/** POSTs one event to the sink, in the CloudEvents HTTP binding's binary mode. Never rejects. */
export function createPost({ sink, overrides, key }: OutboxOptions) {
  const url = new URL(sink);
  const pool = new Pool(url.origin, { headersTimeout: patienceMs, bodyTimeout: patienceMs });
  return {
    async post(event: OutboxEvent): Promise<Outcome> {
      try {
        const { headers, body } = encodeEvent({
          key: Buffer.from(key),
          type: event.type,
          source: event.source,
          id: event.id,
          time: event.time,
          data: event.data,
          extensions: { ...event.extensions, ...toExtensions(event.failures), ...overrides },
        });
        const path = url.pathname + url.search;
        const answer = await pool.request({ method: 'POST', path, headers, body });
        await answer.body.dump();
        const { statusCode } = answer;
        if (statusCode < 300) return { kind: 'delivered' };
        const reason = `${sink} answered ${statusCode}`;
        return { kind: refusals.has(statusCode) ? 'refused' : 'retry', reason };
      } catch (error) {
        const { code, message } = error as { code?: string; message: string };
        return { kind: 'retry', reason: `${sink}: ${code || message}` };
      }
    },
    close: () => pool.destroy(),
  };
}
