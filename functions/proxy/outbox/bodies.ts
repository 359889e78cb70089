import { eventTypes } from '../../_shared/events/types.ts';
import type { OutboxEvent } from './outbox.ts';

/** What `bodies_withheld` may hold; a longer one would be refused by ingest. */
const reasonLimit = 256;

/** The data of a record without its bodies and with the reason why; null when it has none. */
export function dropBodies({ type, data, bodies }: OutboxEvent, maxBytes: number): string | null {
  if (type !== eventTypes.requestCompleted) return null;
  const facts = parse(data);
  if (facts === null) return null;
  const dropped = (['request', 'response'] as const).filter(
    (name) => facts[name] != null || bodies?.[name] != null,
  );
  if (dropped.length === 0) return null;
  for (const name of dropped) facts[name] = null;
  const reason = `${dropped.join(' and ')} dropped: the outbox was over OUTBOX_MAX_BYTES (${maxBytes})`;
  const { bodies_withheld: before } = facts;
  facts.bodies_withheld = before
    ? `${String(before).slice(0, reasonLimit - reason.length - 2)}; ${reason}`
    : reason;
  return JSON.stringify(facts);
}

/** Data that is no JSON object is left alone: whether it can be booked is for ingest to say. */
function parse(data: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(data);
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? (parsed as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
