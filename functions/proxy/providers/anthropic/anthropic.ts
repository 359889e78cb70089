import type { IncomingHttpHeaders } from 'node:http';
import type { Deployment } from '../../../_shared/config/gateway-config.ts';
import type { Adapter, Exchange, Provider } from '../adapter.ts';
import { commonHeaders } from '../openai-wire.ts';
import type { Found } from '../place.ts';
import { withBetas } from './betas.ts';
import { createMessagesReader } from './chunks.ts';
import { translateCompletion } from './completion.ts';
import { readFailure } from './failure.ts';
import { buildMessagesRequest } from './request.ts';

/** Anthropic's Messages API (`POST /v1/messages`, version 2023-06-01). */
export const anthropic: Provider = {
  place: {
    api_base: 'https://api.anthropic.com',
    api_base_env: ['ANTHROPIC_API_BASE', 'ANTHROPIC_BASE_URL'],
    api_key_env: ['ANTHROPIC_API_KEY'],
    base_suffix: '/v1',
  },
  connect: connectAnthropic,
};

function connectAnthropic(found: Found, { params }: Deployment): Adapter {
  const headers: Record<string, string> = {
    ...commonHeaders,
    'anthropic-version': '2023-06-01',
    ...(found.apiKey === null ? {} : { 'x-api-key': found.apiKey }),
    ...params.extra_headers,
  };
  const doorTo = (path: string) => (clientHeaders: IncomingHttpHeaders) => ({
    path: found.basePath + path,
    headers: withBetas(headers, { clientHeaders }),
  });
  return {
    streamType: 'text/event-stream',
    native: {
      '/messages': doorTo('/messages'),
      '/messages/count_tokens': doorTo('/messages/count_tokens'),
    },
    probe: { path: `${found.basePath}/models?limit=1`, headers },
    begin(ask): Exchange {
      const { body, usesJsonTool } = buildMessagesRequest(ask);
      return {
        request: {
          path: `${found.basePath}/messages`,
          headers: withBetas(headers, ask),
          body: JSON.stringify(body),
        },
        completion: (answer) => translateCompletion(answer, usesJsonTool),
        read: () => createMessagesReader(usesJsonTool),
      };
    },
    failure: (_status, body) => readFailure(body),
  };
}
