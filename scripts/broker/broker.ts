import type { IncomingMessage, ServerResponse } from 'node:http';
import { HTTP } from 'cloudevents';
import { GatewayError } from '../../functions/_shared/errors.ts';
import { readBody } from '../../functions/_shared/http/body.ts';
import { pathOf } from '../../functions/_shared/http/router.ts';
import type { FunctionApp } from '../../functions/_shared/serve.ts';
import { type BinaryEvent, deliver, eventHeaders } from './delivery.ts';
import type { Attributes } from './filter.ts';
import type { Trigger } from './manifests.ts';

/** Replies that are replies to replies: Knative's bound on loops. */
const hops = 255;
const bodyLimit = 32 * 1024 * 1024;
const extensionName = /^ce-[a-z0-9]+$/;

/**
 * A stand-in for Knative's default broker (MTChannelBasedBroker over InMemoryChannel): it answers
 * 202 when every subscriber, or its dead letter sink, has the event, and keeps nothing itself. So
 * a broker that is killed loses nothing that a sender was told it had.
 */
export function createBroker({ triggers }: { triggers: Trigger[] }): FunctionApp {
  async function route(event: BinaryEvent): Promise<boolean> {
    const attributes = attributesOf(event);
    const matching = triggers.filter((trigger) => trigger.matches(attributes));
    const outcomes = await Promise.all(
      matching.map(async (trigger) => {
        const { accepted, reply } = await deliver(trigger, event);
        return accepted && (reply === null || routeReply(reply, event));
      }),
    );
    return outcomes.every(Boolean);
  }

  async function routeReply(reply: BinaryEvent, cause: BinaryEvent): Promise<boolean> {
    const left = Number(cause.headers['ce-knativebrokerttl'] ?? hops) - 1;
    if (left <= 0) return true;
    return route({ ...reply, headers: { ...reply.headers, 'ce-knativebrokerttl': String(left) } });
  }

  return {
    async handle(request, response) {
      const path = pathOf(request);
      if (request.method !== 'POST' || !/^\/([^/]+\/[^/]+)?$/.test(path)) {
        throw new GatewayError('not_found', 'POST events to / or /<namespace>/<broker>.');
      }
      const event = await read(request);
      answer(response, (await route(event)) ? 202 : 500);
    },
    isDirect: () => true,
    ready: async () => ({ triggers: triggers.map((trigger) => trigger.name) }),
  };
}

async function read(request: IncomingMessage): Promise<BinaryEvent> {
  const body = await readBody(request, bodyLimit);
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('application/cloudevents-batch')) {
    throw new GatewayError('invalid_request', 'A broker takes one event a request, no batches.');
  }
  const refuse = (reason: string) => new GatewayError('invalid_request', reason);
  try {
    const event = HTTP.toEvent({ headers: request.headers, body: body.toString('utf8') });
    if (Array.isArray(event)) throw refuse('A broker takes no batches.');
    const arrival = { 'ce-knativearrivaltime': new Date().toISOString() };
    if (request.headers['ce-specversion'] === undefined) {
      const binary = HTTP.binary(event);
      const headers = eventHeaders(binary.headers as Record<string, string>);
      return { headers: { ...headers, ...arrival }, body: Buffer.from(String(binary.body ?? '')) };
    }
    const headers = eventHeaders(request.headers as Record<string, string>);
    const wrong = Object.keys(headers).find(
      (name) => name.startsWith('ce-') && !extensionName.test(name),
    );
    if (wrong) throw refuse(`${wrong}: attribute names are of a-z and 0-9 only.`);
    return { headers: { ...headers, ...arrival }, body };
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw refuse(`This is not a CloudEvent: ${(error as Error).message}`);
  }
}

function attributesOf({ headers }: BinaryEvent): Attributes {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith('ce-'))
      .map(([name, value]) => [name.slice(3), value]),
  );
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': 0 });
  response.end();
}
