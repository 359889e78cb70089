import { GatewayError } from '../_shared/errors.ts';
import { answerRedirect } from '../_shared/http/answer.ts';
import { createPages } from '../_shared/http/pages.ts';
import { createRouter, pathOf } from '../_shared/http/router.ts';
import { assertSameOrigin } from '../_shared/http/same-origin.ts';
import type { FunctionApp } from '../_shared/serve.ts';
import type { Store } from '../_shared/store/store.ts';
import type { Logger } from '../_shared/telemetry.ts';
import { alertRoutes } from './api/alerts.ts';
import { exportRoutes } from './api/export.ts';
import { firstCallRoutes } from './api/first-call.ts';
import { keyAliasRoutes } from './api/key-aliases.ts';
import { requestLogRoutes } from './api/request-logs.ts';
import { sessionRoutes } from './api/session.ts';
import { tailRoutes } from './api/tail.ts';
import { usageRoutes } from './api/usage.ts';
import { createSessions } from './session.ts';
import { createThrottle } from './throttle.ts';

const base = '/ui/';
const apiBase = `${base}api/`;
/** What answers without a session: the way in, the way out, and the question whether one is. */
const open = new Set(['sign-in', 'sign-out', 'session'].map((name) => apiBase + name));

export interface DashboardParts {
  store: Store;
  masterKey: string;
  username: string;
  password: string;
  /** Where this function reaches the proxy, and where people and programs do. */
  proxyUrl: string;
  publicProxyUrl: string;
  model: string;
  /** The folder of the built page. */
  pages: string;
  logger: Logger;
  now?: () => number;
  fetch?: typeof globalThis.fetch;
}

/** The dashboard: the page under `/ui/` and its JSON under `/ui/api/`. */
export function createDashboard(parts: DashboardParts): FunctionApp {
  const { store, masterKey, username, password, model, logger, now = Date.now } = parts;
  const sessions = createSessions({ masterKey, username, password, now });
  const leaving = new AbortController();
  const pages = createPages({ folder: parts.pages, base });
  const routeRequest = createRouter({
    ...sessionRoutes({
      sessions,
      throttle: createThrottle(now),
      username,
      password,
      gateway: { url: parts.publicProxyUrl, model },
      logger,
    }),
    ...usageRoutes(store),
    ...requestLogRoutes(store),
    ...exportRoutes(store, now),
    ...tailRoutes(store, leaving.signal),
    ...keyAliasRoutes(store, now),
    ...alertRoutes(store),
    ...firstCallRoutes({
      proxyUrl: parts.proxyUrl,
      apiKey: masterKey,
      model,
      fetch: parts.fetch ?? globalThis.fetch,
    }),
  });

  return {
    async handle(request, response) {
      const path = pathOf(request);
      if (path.startsWith(apiBase)) {
        if (!open.has(path) && !sessions.of(request)) {
          throw new GatewayError('authentication', 'You are not signed in.');
        }
        const { handler, params } = routeRequest(request);
        if (request.method === 'POST') assertSameOrigin(request);
        await handler(request, response, params);
      } else if (path === '/' || path === '/ui') {
        answerRedirect(response, base);
      } else if (pages.matches(path)) {
        await pages.handle(request, response);
      } else {
        throw new GatewayError(
          'not_found',
          `There is nothing at ${path}; the dashboard is at /ui/.`,
        );
      }
    },
    async ready() {
      await store.ping();
      return {};
    },
    leave() {
      leaving.abort();
    },
    async close() {
      await store.close();
    },
  };
}
