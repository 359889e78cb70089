import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../../functions/_shared/errors.ts';
import { readBody } from '../../functions/_shared/http/body.ts';
import { pathOf } from '../../functions/_shared/http/router.ts';
import type { FunctionApp } from '../../functions/_shared/serve.ts';
import type { Logger } from '../../functions/_shared/telemetry.ts';
import { deliver, eventLimit } from './delivery.ts';
import { attributesOf, type BinaryEvent, readEvent } from './event.ts';
import type { Trigger } from './manifests.ts';

/** How often an event may come back as a reply: Knative's bound on loops. */
const hops = 255;
const hopsHeader = 'ce-knativebrokerttl';

/**
 * A stand-in for Knative's default broker (MTChannelBasedBroker over InMemoryChannel): it answers
 * 202 when every subscriber, or its dead letter sink, has the event, and keeps nothing itself. So
 * a broker that is killed loses nothing that a sender was told it had. Events come to
 * `/<namespace>/<broker>`, or to `/` for the Triggers of all brokers.
 */
export function createBroker(parts: { triggers: Trigger[]; logger: Logger }): FunctionApp {
  const { triggers, logger } = parts;

  async function route(event: BinaryEvent, to: Address): Promise<boolean> {
    const { [hopsHeader]: given, ...headers } = event.headers;
    const left = Number(given ?? hops + 1) - 1;
    const attributes = attributesOf({ ...event, headers });
    if (!(left > 0)) {
      logger.warn({ id: attributes.id, type: attributes.type }, 'dropped an event that goes round');
      return true;
    }
    headers['ce-knativearrivaltime'] = new Date().toISOString();
    const outcomes = await Promise.all(
      triggers
        .filter(({ broker }) => to.broker === null || to.broker === broker)
        .filter(({ matches }) => matches(attributes))
        .map(async (trigger) => {
          const outcome = await deliver(trigger, { ...event, headers }, to.namespace);
          if (outcome.kind !== 'accepted') {
            const { id, type } = attributes;
            logger.warn({ id, type, trigger: trigger.name, code: outcome.code }, outcome.kind);
            return outcome.kind === 'dead-lettered';
          }
          const { reply } = outcome;
          if (reply === null) return true;
          return route({ ...reply, headers: { ...reply.headers, [hopsHeader]: String(left) } }, to);
        }),
    );
    return outcomes.every(Boolean);
  }

  return {
    async handle(request, response) {
      const to = addressOf(request, triggers);
      const event = readEvent(request.headers, await readBody(request, eventLimit));
      const status = (await route(event, to)) ? 202 : 500;
      response.writeHead(status, { 'content-type': 'text/plain', 'content-length': 0 });
      response.end();
    },
    isDirect: () => true,
    ready: async () => ({ triggers: triggers.map(({ name }) => name) }),
  };
}

interface Address {
  namespace: string;
  /** Null for all. */
  broker: string | null;
}

function addressOf(request: IncomingMessage, triggers: Trigger[]): Address {
  const path = pathOf(request);
  const [, namespace, broker] = /^\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  const isKnown = path === '/' || triggers.some((trigger) => trigger.broker === broker);
  if (!isKnown) {
    throw new GatewayError('not_found', `There is no broker at ${path}.`);
  }
  if (request.method !== 'POST') {
    throw new GatewayError('method_not_allowed', 'Events come to a broker by POST.');
  }
  return { namespace: namespace ?? 'default', broker: broker ?? null };
}
