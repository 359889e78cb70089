import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { GatewayError } from '../../functions/_shared/errors.ts';
import { type BinaryEvent, looksLikeEvent, readEvent } from './event.ts';
import type { Delivery, Trigger } from './manifests.ts';

/** How the delivery of an event to one Trigger ended. */
export type Outcome =
  | { kind: 'accepted'; reply: BinaryEvent | null }
  | { kind: 'dead-lettered'; code: number }
  | { kind: 'lost'; code: number };

/** The most that is taken of an event, and of a subscriber's answer, in bytes. */
export const eventLimit = 32 * 1024 * 1024;

/** Beside 5xx and no answer at all; after any other Knative goes to the dead letters at once. */
const retried = new Set([404, 408, 409, 429]);

/** 1024 characters of base64, which is as long as an error's text may be in an extension. */
const errorDataBytes = 768;

/** Knative's code for "there was no answer". */
const noAnswer = -1;

interface Answer {
  status: number;
  body: Buffer;
  reply: BinaryEvent | null;
}

const agent = new Agent({ maxResponseSize: eventLimit });

/** Brings an event to a Trigger's subscriber or, when that fails for good, to its dead letters. */
export async function deliver(
  trigger: Trigger,
  event: BinaryEvent,
  namespace: string,
): Promise<Outcome> {
  const { delivery, subscriberUrl } = trigger;
  const answer = await send(subscriberUrl, event, delivery, namespace);
  const code = answer.status;
  if (isAccepted(answer)) return { kind: 'accepted', reply: answer.reply };
  if (delivery.deadLetterUrl === null) return { kind: 'lost', code };
  const deadLetter = {
    body: event.body,
    headers: {
      ...event.headers,
      'ce-knativeerrordest': subscriberUrl,
      'ce-knativeerrorcode': String(code),
      'ce-knativeerrordata': answer.body.subarray(0, errorDataBytes).toString('base64'),
    },
  };
  const taken = await send(delivery.deadLetterUrl, deadLetter, delivery, namespace);
  return { kind: isAccepted(taken) ? 'dead-lettered' : 'lost', code };
}

/** Posts until it is accepted, refused for good, or tried often enough. */
async function send(
  url: string,
  event: BinaryEvent,
  delivery: Delivery,
  namespace: string,
): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const answer = await post(url, event, delivery.timeoutMs, namespace);
    if (!isRetried(answer) || tries > delivery.retry) return answer;
    await sleep(backOff(delivery, tries));
  }
}

const isAccepted = ({ status }: Answer) => status >= 200 && status < 300;

const isRetried = ({ status }: Answer) =>
  status === noAnswer || status >= 500 || retried.has(status);

/** Milliseconds to wait after `tries` tries. Exponential doubles each time and has no jitter. */
export function backOff({ backoff, backoffDelayMs }: Delivery, tries: number): number {
  return backoff === 'linear' ? backoffDelayMs * tries : backoffDelayMs * 2 ** (tries - 1);
}

async function post(
  url: string,
  event: BinaryEvent,
  timeoutMs: number,
  namespace: string,
): Promise<Answer> {
  try {
    const { statusCode, headers, body } = await request(url, {
      method: 'POST',
      headers: { ...event.headers, prefer: 'reply', 'kn-namespace': namespace },
      body: event.body,
      signal: AbortSignal.timeout(timeoutMs),
      dispatcher: agent,
    });
    const bytes = Buffer.from(await body.arrayBuffer());
    const succeeded = statusCode >= 200 && statusCode < 300;
    if (!succeeded || (bytes.length === 0 && !looksLikeEvent(headers))) {
      return { status: statusCode, body: bytes, reply: null };
    }
    return readReply(statusCode, headers, bytes);
  } catch (error) {
    return { status: noAnswer, body: Buffer.from(String(error)), reply: null };
  }
}

/** A success with a body that is no event is a failure: Knative's filter makes it a 502. */
function readReply(status: number, headers: IncomingHttpHeaders, body: Buffer): Answer {
  if (!looksLikeEvent(headers)) return { status: 502, body, reply: null };
  try {
    return { status, body, reply: readEvent(headers, body) };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { status: 502, body: Buffer.from(error.message), reply: null };
  }
}
