import type { Deployment } from '../../../_shared/config/gateway-config.ts';
import type { Adapter, Exchange, Provider } from '../adapter.ts';
import { commonHeaders } from '../openai-wire.ts';
import type { Found } from '../place.ts';
import { createContentReader } from './chunks.ts';
import { translateCompletion } from './completion.ts';
import type { Dialect } from './dialect.ts';
import { readFailure } from './failure.ts';
import { encodeModel } from './model-path.ts';
import { buildContentRequest, candidatesAsked, methodOf } from './request.ts';

/** Gemini at Google AI Studio (`generativelanguage.googleapis.com`, v1beta). */
export const gemini: Provider = {
  place: {
    api_base: 'https://generativelanguage.googleapis.com',
    api_base_env: ['GEMINI_API_BASE'],
    api_key_env: ['GOOGLE_API_KEY', 'GEMINI_API_KEY'],
    base_suffix: '/v1beta',
  },
  connect: connectGemini,
};

const aiStudio: Dialect = { provider: 'gemini', hasCallIds: true, hasServiceTier: true };

function connectGemini({ basePath, apiKey }: Found, { params }: Deployment): Adapter {
  const headers: Record<string, string> = {
    ...commonHeaders,
    // In a URL, where Google takes it too, it would be in every log on the way.
    ...(apiKey === null ? {} : { 'x-goog-api-key': apiKey }),
    ...params.extra_headers,
  };
  return {
    streamType: 'text/event-stream',
    probe: { path: `${basePath}/models?pageSize=1`, headers },
    begin(ask): Exchange {
      const body = buildContentRequest(ask, aiStudio);
      // A name that has its collection (`tunedModels/x`) keeps it.
      const model = ask.model.includes('/') ? ask.model : `models/${ask.model}`;
      const path = `${basePath}/${encodeModel(model)}:${methodOf(ask)}`;
      return {
        request: { path, headers, body: JSON.stringify(body) },
        completion: translateCompletion,
        read: () => createContentReader(candidatesAsked(body)),
      };
    },
    failure: (_status, body) => readFailure(body),
  };
}
