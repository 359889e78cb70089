import type { Deployment } from '../../../_shared/config/gateway-config.ts';
import type { Adapter, Exchange, Provider } from '../adapter.ts';
import { commonHeaders } from '../openai-wire.ts';
import type { Found } from '../place.ts';
import { createChatReader } from './chunks.ts';
import { translateCompletion } from './completion.ts';
import { readFailure } from './failure.ts';
import { buildChatRequest } from './request.ts';

/** Cohere's Chat API (`POST /v2/chat`). */
export const cohere: Provider = {
  place: {
    api_base: 'https://api.cohere.com',
    api_base_env: ['COHERE_API_BASE', 'CO_API_URL'],
    api_key_env: ['COHERE_API_KEY', 'CO_API_KEY'],
  },
  connect: connectCohere,
};

function connectCohere(found: Found, { params }: Deployment): Adapter {
  // LiteLLM's `api_base` is the whole URL, Cohere's clients' is the host's.
  const root = found.basePath.replace(/\/v\d(\/chat)?$/, '');
  const headers: Record<string, string> = {
    ...commonHeaders,
    ...(found.apiKey === null ? {} : { authorization: `Bearer ${found.apiKey}` }),
    ...params.extra_headers,
  };
  return {
    streamType: 'text/event-stream',
    native: { '/rerank': () => ({ path: `${root}/v2/rerank`, headers }) },
    probe: { path: `${root}/v1/models?page_size=1`, headers },
    begin: (ask): Exchange => ({
      request: {
        path: `${root}/v2/chat`,
        headers,
        body: JSON.stringify(buildChatRequest(ask)),
      },
      completion: translateCompletion,
      read: createChatReader,
    }),
    failure: readFailure,
  };
}
