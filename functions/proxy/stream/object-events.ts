import { GatewayError } from '../../_shared/errors.ts';
import { isObject, type Json } from '../providers/json.ts';
import { createEventReader } from './server-sent-events.ts';

/** As the chat relay has it: an event above this is an upstream gone wrong. */
const eventLimit = 16 * 1024 * 1024;

export interface ObjectEvent {
  /** As it came. */
  text: string;
  /** Null for a comment, and for OpenAI's end. */
  object: Json | null;
}

/** Cuts a stream into its events, each with its text as it came and the object that it carries. */
export function readObjectEvents(): (bytes: Buffer) => ObjectEvent[] {
  const reader = createEventReader({ limit: eventLimit });
  return (bytes) => {
    try {
      return reader.push(bytes).map(({ text, data }) => ({
        text,
        object: data === null || data === '[DONE]' ? null : parse(data),
      }));
    } catch (cause) {
      if (cause instanceof GatewayError) throw cause;
      throw new GatewayError('upstream_interrupted', 'The upstream sent an endless event.', {
        cause,
      });
    }
  };
}

function parse(data: string): Json {
  try {
    const event: unknown = JSON.parse(data);
    if (isObject(event)) return event;
  } catch {
    // Told below, with what it was.
  }
  throw new GatewayError(
    'upstream_interrupted',
    `The upstream sent an event that is not a JSON object: ${data.slice(0, 100)}`,
  );
}

/** An event's text with the client's name for the model in its `holder`, a member of the event. */
export function renameIn(text: string, event: Json, holder: string, model: string): string {
  const held = event[holder];
  if (!isObject(held) || typeof held.model !== 'string' || held.model === model) return text;
  const name = JSON.stringify(held.model);
  for (const literal of [`"model":${name}`, `"model": ${name}`]) {
    if (text.includes(literal)) {
      return text.replace(literal, () => `"model":${JSON.stringify(model)}`);
    }
  }
  const changed = { ...event, [holder]: { ...held, model } };
  return `event: ${event.type}\ndata: ${JSON.stringify(changed)}\n\n`;
}
