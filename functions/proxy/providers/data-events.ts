import { GatewayError } from '../../_shared/errors.ts';
import { createEventReader } from '../stream/server-sent-events.ts';

/** As the relay of OpenAI's wire has it: an event above this is an upstream gone wrong. */
const eventLimit = 16 * 1024 * 1024;

/** Cuts a stream of server-sent events into the JSON objects that they carry. OpenAI's end is none. */
export function readDataEvents(onEnd = () => {}): (bytes: Buffer) => Record<string, unknown>[] {
  const reader = createEventReader({ limit: eventLimit });
  return (bytes) => {
    try {
      return reader.push(bytes).flatMap(({ data }) => {
        if (data === '[DONE]') onEnd();
        return data === null || data === '[DONE]' ? [] : [parse(data)];
      });
    } catch (cause) {
      if (cause instanceof GatewayError) throw cause;
      throw new GatewayError('upstream_interrupted', 'The upstream sent an endless event.', {
        cause,
      });
    }
  };
}

function parse(data: string): Record<string, unknown> {
  try {
    const event: unknown = JSON.parse(data);
    if (typeof event === 'object' && event !== null) return event as Record<string, unknown>;
  } catch {
    // Told below, with what it was.
  }
  throw new GatewayError(
    'upstream_interrupted',
    `The upstream sent an event that is not a JSON object: ${data.slice(0, 100)}`,
  );
}
