import type { Deployment, GatewayConfig } from '../_shared/config/gateway-config.ts';
import { answerRedirect } from '../_shared/http/answer.ts';
import { createRouter, pathOf, type Routes } from '../_shared/http/router.ts';
import type { PriceBook } from '../_shared/pricing/price.ts';
import type { FunctionApp } from '../_shared/serve.ts';
import type { Store } from '../_shared/store/store.ts';
import type { Logger } from '../_shared/telemetry.ts';
import { apis } from './apis.ts';
import type { ResponseCache } from './cache/response-cache.ts';
import { callsOf } from './calls.ts';
import { health } from './endpoints/health.ts';
import { models } from './endpoints/models.ts';
import { deadLetters } from './internal/dead-letters.ts';
import { payloadsDoor } from './internal/payloads.ts';
import { createStoreDoor } from './internal/store.ts';
import { cacheRoutes } from './management/cache.ts';
import { openapi } from './management/openapi.ts';
import { spendLogs } from './management/spend-logs.ts';
import type { Outbox } from './outbox/outbox.ts';
import { resolveTarget } from './providers/target.ts';
import type { RecordLimits } from './record/describe-call.ts';
import { buildRouter } from './routing/build-router.ts';
import { buildStairs } from './stairs.ts';
import { attempt } from './steps/attempt.ts';
import { authenticate, createAuthenticator } from './steps/authenticate.ts';
import { cache } from './steps/cache.ts';
import { here } from './steps/here.ts';
import { read } from './steps/read.ts';
import { record } from './steps/record.ts';
import { route } from './steps/route.ts';
import { settle } from './steps/settle.ts';
import { createTokenCounter } from './tokenizer/token-counter.ts';
import { createUpstream } from './upstream.ts';

export interface ProxyParts {
  config: GatewayConfig;
  /** Where the providers' usual keys and URLs are looked for. */
  environment: NodeJS.ProcessEnv;
  store: Store;
  outbox: Outbox;
  /** Null where no answer is kept. */
  responses: ResponseCache | null;
  priceBook: PriceBook;
  masterKey: string;
  /** Opens the internal door to the store. */
  storeBearer: string;
  /** Opens the door to the bodies that events refer to. */
  payloadsBearer: string;
  eventsKey: Buffer;
  dashboardUrl: string | undefined;
  maxBodyBytes: number;
  recordLimits: RecordLimits;
  logger: Logger;
}

/** The gateway: OpenAI's API in front, the stairs behind it, and the doors of our own parts. */
export function createProxy(parts: ProxyParts): FunctionApp {
  const { config, store, outbox, responses, logger, maxBodyBytes } = parts;
  const { deployments, routing } = config;
  const resolve = (deployment: Deployment) => resolveTarget(deployment, parts.environment);
  const targets = new Map(deployments.map((each) => [each.id, resolve(each)]));
  const { router, names } = buildRouter({
    deployments,
    targets,
    resolve,
    rules: routing,
    priceBook: parts.priceBook,
    logger,
  });
  const upstream = createUpstream();
  const tokenCounter = createTokenCounter();
  const authenticator = createAuthenticator({ masterKey: parts.masterKey });
  const storeDoor = createStoreDoor({ store, bearer: parts.storeBearer });

  const descend = buildStairs([
    record({ outbox, limits: parts.recordLimits, logger }),
    authenticate({ authenticator }),
    read({ maxBodyBytes }),
    ...(responses ? [cache({ responses })] : []),
    settle({ priceBook: parts.priceBook, tokenCounter }),
    route({ router }),
    here({ tokenCounter }),
    attempt({
      upstream,
      router,
      hedgeAfterMs: routing.hedgeAfterMs,
      maxAnswerBytes: maxBodyBytes,
    }),
  ]);

  const routeRequest = createRouter({
    ...callsOf(apis, descend),
    ...openapi(apis),
    ...models(names, authenticator),
    ...health(deployments, targets, upstream, authenticator),
    ...spendLogs(store, authenticator),
    ...cacheRoutes(responses, authenticator),
    ...deadLetters({
      outbox,
      eventsKey: parts.eventsKey,
      eventLimit: Math.max(maxBodyBytes, parts.recordLimits.eventMaxBytes),
      logger,
    }),
    ...payloadsDoor({ payloads: store.payloads, bearer: parts.payloadsBearer }),
    ...dashboardRedirect(parts.dashboardUrl),
  });

  return {
    async handle(request, response) {
      if (storeDoor.matches(pathOf(request))) return storeDoor.handle(request, response);
      const { handler, params } = routeRequest(request);
      await handler(request, response, params);
    },
    isDirect: (request) => request.method === 'POST',
    isInternal: (request) => pathOf(request).startsWith('/internal/'),
    async ready() {
      // Calls go on without the store: what it would book waits in the outbox.
      const connected = await store.ping().then(
        () => true,
        () => false,
      );
      return {
        db: connected ? 'connected' : 'Not connected',
        cache: responses?.rules.place.type ?? null,
      };
    },
    drain: () => outbox.drained(),
    async close() {
      await Promise.all([
        outbox.close(),
        responses?.close(),
        upstream.close(),
        tokenCounter.close(),
        parts.recordLimits.redactor.close(),
      ]);
      await store.close();
    },
  };
}

function dashboardRedirect(dashboardUrl: string | undefined): Routes {
  if (dashboardUrl === undefined) return {};
  const location = `${dashboardUrl.replace(/\/+$/, '')}/ui/`;
  return {
    'GET /ui': (_request, response) => answerRedirect(response, location),
    'GET /ui/': (_request, response) => answerRedirect(response, location),
  };
}
