import { extname } from 'node:path';
import { GatewayError } from '../_shared/errors.ts';
import { createPages } from '../_shared/http/pages.ts';
import { createRouter, pathOf } from '../_shared/http/router.ts';
import { assertSameOrigin } from '../_shared/http/same-origin.ts';
import type { FunctionApp } from '../_shared/serve.ts';
import type { Logger } from '../_shared/telemetry.ts';
import { chatRoutes } from './api/chat.ts';
import { settingsRoutes } from './api/settings.ts';
import type { ProxyClient } from './proxy-client.ts';

export interface ChatParts {
  proxyUrl: string;
  proxyApiKey: string;
  /** Where people reach the dashboard; without it, no answer links to its log. */
  dashboardUrl: string | undefined;
  /** The model that is asked when none is named. */
  model: string;
  /** The folder of the built page. */
  pages: string;
  logger: Logger;
}

/** The chat: its page at `/`, and `POST /api/chat`. A client of the proxy like any other. */
export function createChat(parts: ChatParts): FunctionApp {
  const { model, logger, dashboardUrl = null } = parts;
  const proxyClient = lazyClient(parts);
  const pages = createPages({ folder: parts.pages, base: '/' });
  const routeRequest = createRouter({
    ...chatRoutes({ proxyClient, model, dashboardUrl, logger }),
    ...settingsRoutes({ proxyClient, model, dashboardUrl }),
  });

  return {
    async handle(request, response) {
      const path = pathOf(request);
      if (path.startsWith('/api/')) {
        const { handler, params } = routeRequest(request);
        if (request.method === 'POST') assertSameOrigin(request);
        await handler(request, response, params);
      } else if (path === '/' || extname(path) !== '') {
        await pages.handle(request, response);
      } else {
        throw new GatewayError('not_found', `There is nothing at ${path}; the chat is at /.`);
      }
    },
    // Without the proxy the page is still there and says what is wrong, so it is not waited for.
    ready: async () => ({ model }),
  };
}

/** The SDK takes longer to load than all the rest; a cold start does without it. */
function lazyClient({ proxyUrl, proxyApiKey: apiKey }: ChatParts): () => Promise<ProxyClient> {
  let loading: Promise<ProxyClient> | undefined;
  return () => {
    loading ??= import('./proxy-client.ts').then(({ createProxyClient }) =>
      createProxyClient({ proxyUrl, apiKey }),
    );
    return loading;
  };
}
