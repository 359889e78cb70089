import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { CloudEvent, type CloudEventV1, HTTP } from 'cloudevents';
import { GatewayError } from '../errors.ts';
import { readBody } from '../http/body.ts';
import { type ReceivedEvent, readBinaryEvent } from './binary-event.ts';
import { decodeValue, type EncodedEvent } from './encode.ts';
import { verifyEvent } from './signature.ts';

export interface ReceiveOptions {
  key: Buffer;
  requireSignature: boolean;
  /** The body, in bytes. */
  limit: number;
}

const batchLimit = 1000;
const attributeLimit = 512;
const known = new Set([
  'id',
  'source',
  'type',
  'time',
  'data',
  'data_base64',
  'specversion',
  'datacontenttype',
  'dataschema',
  'subject',
]);

/**
 * The events of a POST: binary, structured or a batch (CloudEvents HTTP binding). Throws
 * `invalid_request` for what can never be right and `authentication` for a signature that is
 * missing or wrong; Knative tries neither again.
 */
export async function receiveEvents(
  request: IncomingMessage,
  { key, requireSignature, limit }: ReceiveOptions,
): Promise<ReceivedEvent[]> {
  const body = await readBody(request, limit);
  const text = body.toString('utf8');
  const binary = request.headers['ce-specversion'] !== undefined;
  const plain = readBinaryEvent(request.headers, text, attributeLimit);
  const events = plain ? [plain] : decode(request.headers, text).map(check);
  for (const received of events) {
    if (requireSignature && !isSigned(received, key, binary ? body : null)) {
      throw new GatewayError(
        'authentication',
        `Event ${received.id} has no valid "sig" extension. Sign it, or set EVENTS_REQUIRE_SIGNATURE=false.`,
      );
    }
  }
  return events;
}

function decode(headers: IncomingHttpHeaders, body: string): CloudEventV1<unknown>[] {
  let decoded: CloudEventV1<unknown> | CloudEventV1<unknown>[];
  try {
    decoded = HTTP.toEvent({ headers, body });
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new GatewayError('invalid_request', `This is not a CloudEvent: ${reason}`, { cause });
  }
  const events = Array.isArray(decoded) ? decoded : [decoded];
  if (events.length > batchLimit) {
    throw new GatewayError('invalid_request', `A batch may hold ${batchLimit} events at the most.`);
  }
  return events;
}

function check(event: CloudEventV1<unknown>, index: number): ReceivedEvent {
  const refuse = (reason: string) =>
    new GatewayError('invalid_request', `Event ${index} is not valid: ${reason}`);
  try {
    new CloudEvent(event).validate();
  } catch (cause) {
    throw refuse((cause as Error).message);
  }
  for (const attribute of ['id', 'source', 'type'] as const) {
    if (event[attribute].length > attributeLimit) {
      throw refuse(`its ${attribute} is over ${attributeLimit} characters`);
    }
  }
  const extensions: Record<string, string> = {};
  for (const [name, value] of Object.entries(event)) {
    if (!known.has(name) && value != null) extensions[name] = decodeValue(String(value));
  }
  const time = event.time === undefined ? Date.now() : Date.parse(event.time);
  return {
    id: decodeValue(event.id),
    source: decodeValue(event.source),
    type: decodeValue(event.type),
    time: Number.isNaN(time) ? Date.now() : time,
    data: event.data,
    extensions,
  };
}

/** In binary mode the body is what was signed; a structured event carries its data inside. */
function isSigned(event: ReceivedEvent, key: Buffer, body: Buffer | null): boolean {
  const { sig, dataref } = event.extensions;
  if (sig === undefined) return false;
  const data = body ?? JSON.stringify(event.data ?? null);
  return verifyEvent(key, { ...event, data, dataref }, sig);
}

/** Knative counts a 2xx with a body that is no event as a failure. */
export function answerAccepted(response: ServerResponse): void {
  response.writeHead(202, { 'content-type': 'text/plain', 'content-length': 0 });
  response.end();
}

/** Answers with an event of our own, which the broker takes as a reply and routes on. */
export function answerEvent(response: ServerResponse, { headers, body }: EncodedEvent): void {
  response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
