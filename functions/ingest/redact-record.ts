import { isFromProxy } from '../_shared/events/source.ts';
import { messagesOf, withMessages } from '../_shared/redaction/error-messages.ts';
import { withheldReason } from '../_shared/redaction/reason.ts';
import type { Redactor } from '../_shared/redaction/redactor.ts';
import type { readRecord } from './read-record.ts';

type BookableRecord = ReturnType<typeof readRecord>;

export interface RedactionParts {
  /** Bodies are never to be booked. */
  withholdBodies: boolean;
  redactor: Redactor;
}

/**
 * A record of another producer as it may be booked: its bodies and error messages redacted, or its
 * bodies left out, by the same settings as the proxy's.
 */
export async function redactRecord(
  record: BookableRecord,
  { withholdBodies, redactor }: RedactionParts,
): Promise<BookableRecord> {
  // The proxy has redacted its own records, by the settings of the key.
  if (isFromProxy(record.source) || (redactor.isOff && !withholdBodies)) return record;
  const { data } = record;
  const reasons = data.bodies_withheld ? [data.bodies_withheld] : [];
  const hasBodies = data.request != null || data.response != null;
  if (withholdBodies && hasBodies) reasons.push('turn_off_message_logging is on');
  const write = (body: unknown) => (withholdBodies || body == null ? null : JSON.stringify(body));
  const [request, response] = [write(data.request), write(data.response)];
  const redacted = await redactor.redact({ request, response, messages: messagesOf(data) });
  return {
    ...record,
    data: {
      ...withMessages(data, redacted.messages),
      request: read(redacted.request),
      response: read(redacted.response),
      bodies_withheld: withheldReason(reasons, redacted),
    },
  };
}

const read = (json: string | null): unknown => (json === null ? null : JSON.parse(json));
