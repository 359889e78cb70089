import type { IncomingHttpHeaders } from 'node:http';
import { CloudEvent, type CloudEventV1, HTTP } from 'cloudevents';
import { GatewayError } from '../../functions/_shared/errors.ts';
import type { Attributes } from './filter.ts';

/** An event in binary mode: `ce-*` headers and its data's bytes, untouched. */
export interface BinaryEvent {
  headers: Record<string, string>;
  body: Buffer;
}

/** What travels on beside the event; every other header, credentials above all, is dropped. */
const passed = /^(content-type|traceparent|tracestate|x-request-id|x-b3-[a-z]+|knative-.+)$/;
const attributeHeader = /^ce-[a-z0-9]+$/;

const refuse = (reason: string, cause?: unknown) =>
  new GatewayError('invalid_request', `This is not a CloudEvent: ${reason}`, { cause });

/**
 * The event of an HTTP request or answer, binary or structured. The bytes of a binary event's data
 * are not looked into: they are what its sender has signed. Throws `invalid_request`.
 */
export function readEvent(headers: IncomingHttpHeaders, body: Buffer): BinaryEvent {
  const type = headers['content-type'] ?? '';
  if (type.startsWith('application/cloudevents-batch')) {
    throw refuse('a broker takes one event a request, no batches');
  }
  return type.startsWith('application/cloudevents')
    ? readStructured(headers, body)
    : readBinary(headers, body);
}

/** Whether an HTTP message claims to be an event at all. */
export function looksLikeEvent(headers: IncomingHttpHeaders): boolean {
  const type = headers['content-type'] ?? '';
  return headers['ce-specversion'] !== undefined || type.startsWith('application/cloudevents');
}

export function attributesOf({ headers }: BinaryEvent): Attributes {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith('ce-'))
      .map(([name, value]) => [name.slice(3), value]),
  );
}

function readBinary(headers: IncomingHttpHeaders, body: Buffer): BinaryEvent {
  const attributes = select(headers, /^ce-/);
  const wrong = Object.keys(attributes).find((name) => !attributeHeader.test(name));
  if (wrong) throw refuse(`${wrong}: attribute names are of a-z and 0-9 only`);
  parse({ ...select(headers, passed), ...attributes });
  return { headers: { ...select(headers, passed), ...attributes }, body };
}

function readStructured(headers: IncomingHttpHeaders, body: Buffer): BinaryEvent {
  const text = body.toString('utf8');
  const event = parse(select(headers, /^content-type$/), text);
  const { id, data, data_base64: base64 } = JSON.parse(text) as Record<string, unknown>;
  // The SDK would make an id up, and the same event sent again would then be another one.
  if (typeof id !== 'string' || id === '') throw refuse('it has no id');
  const isJson = /json\b/.test(event.datacontenttype ?? 'json');
  let bytes = Buffer.alloc(0);
  if (typeof base64 === 'string') bytes = Buffer.from(base64, 'base64');
  else if (typeof data === 'string' && !isJson) bytes = Buffer.from(data);
  else if (data !== undefined) bytes = Buffer.from(JSON.stringify(data));
  const attributes = HTTP.binary(event).headers as IncomingHttpHeaders;
  return { headers: { ...select(headers, passed), ...select(attributes, /^/) }, body: bytes };
}

function select(headers: IncomingHttpHeaders, names: RegExp): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name, value]) => value !== undefined && names.test(name))
      .map(([name, value]) => [name, String(value)]),
  );
}

function parse(headers: Record<string, string>, body?: string): CloudEvent<unknown> {
  try {
    return new CloudEvent(HTTP.toEvent({ headers, body }) as CloudEventV1<unknown>);
  } catch (cause) {
    throw refuse((cause as Error).message, cause);
  }
}
