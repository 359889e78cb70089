import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import type { Delivery, Trigger } from './manifests.ts';

/** An event in binary mode: `ce-*` headers and its data's bytes, untouched. */
export interface BinaryEvent {
  headers: Record<string, string>;
  body: Buffer;
}

export interface Delivered {
  accepted: boolean;
  /** The event that a subscriber answered with. */
  reply: BinaryEvent | null;
}

/** The answers after which Knative tries again; all others go to the dead letter sink at once. */
const retried = new Set([404, 408, 409, 429]);

const errorDataLimit = 1024;

interface Answer {
  /** -1 where there was no answer, as Knative counts it. */
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** Brings an event to a Trigger's subscriber, or, when that fails for good, to its dead letters. */
export async function deliver(trigger: Trigger, event: BinaryEvent): Promise<Delivered> {
  const { delivery, subscriberUrl } = trigger;
  let answer = await post(subscriberUrl, event, delivery);
  for (let tries = 0; !isAccepted(answer) && isRetried(answer) && tries < delivery.retry; tries++) {
    await sleep(backOff(delivery, tries));
    answer = await post(subscriberUrl, event, delivery);
  }
  if (isAccepted(answer)) return { accepted: true, reply: replyOf(answer) };
  if (delivery.deadLetterUrl === null) return { accepted: false, reply: null };
  const deadLetter = {
    body: event.body,
    headers: {
      ...event.headers,
      'ce-knativeerrordest': subscriberUrl,
      'ce-knativeerrorcode': String(answer.status),
      'ce-knativeerrordata': answer.body.subarray(0, errorDataLimit).toString('base64'),
    },
  };
  const taken = await post(delivery.deadLetterUrl, deadLetter, delivery);
  return { accepted: isAccepted(taken), reply: null };
}

const isEvent = ({ headers }: Answer) => headers['ce-specversion'] !== undefined;

/** A 2xx whose body is no event is a failure: Knative's filter turns it into a 502. */
function isAccepted(answer: Answer): boolean {
  const { status, body } = answer;
  return status >= 200 && status < 300 && (body.length === 0 || isEvent(answer));
}

function isRetried({ status }: Answer): boolean {
  return status < 0 || status < 300 || status >= 500 || retried.has(status);
}

function replyOf(answer: Answer): BinaryEvent | null {
  return isEvent(answer) ? { headers: eventHeaders(answer.headers), body: answer.body } : null;
}

function backOff({ backoff, backoffDelayMs }: Delivery, tries: number): number {
  return backoff === 'linear' ? backoffDelayMs * (tries + 1) : backoffDelayMs * 2 ** tries;
}

async function post(url: string, event: BinaryEvent, { timeoutMs }: Delivery): Promise<Answer> {
  try {
    const { statusCode, headers, body } = await request(url, {
      method: 'POST',
      headers: { ...event.headers, prefer: 'reply', 'kn-namespace': 'local' },
      body: event.body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return {
      status: statusCode,
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, String(value)]),
      ),
      body: Buffer.from(await body.arrayBuffer()),
    };
  } catch (error) {
    return { status: -1, headers: {}, body: Buffer.from(String(error)) };
  }
}

/** What travels on with an event; every other header, credentials above all, is dropped. */
export function eventHeaders(headers: Record<string, string | undefined>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    if (name.startsWith('ce-') || name === 'content-type' || name === 'traceparent') {
      kept[name] = value;
    }
  }
  return kept;
}
