import { z } from 'zod';
import { GatewayError } from '../../_shared/errors.ts';
import { answerJson } from '../../_shared/http/answer.ts';
import { parseJson, readBody } from '../../_shared/http/body.ts';
import type { Routes } from '../../_shared/http/router.ts';
import type { ResponseCache } from '../cache/response-cache.ts';
import type { Authenticator } from '../steps/authenticate.ts';

const bodyLimit = 512 * 1024;
const deletion = z.object({ keys: z.array(z.string().min(1).max(512)).min(1).max(500) });

/** LiteLLM's doors to the cache. None of them tells where it lies, or its password. */
export function cacheRoutes(responses: ResponseCache | null, authenticator: Authenticator): Routes {
  const need = (): ResponseCache => {
    if (responses) return responses;
    throw new GatewayError(
      'not_found',
      'The cache is off. Set litellm_settings.cache to true in config.yaml.',
    );
  };

  return {
    'GET /cache/ping': async (request, response) => {
      authenticator(request.headers);
      const cache = need();
      await orUnavailable(() => cache.ping());
      answerJson(response, 200, {
        status: 'healthy',
        cache_type: cache.rules.place.type,
        ping_response: true,
      });
    },
    'POST /cache/delete': async (request, response) => {
      authenticator(request.headers);
      const cache = need();
      const parsed = deletion.safeParse(parseJson(await readBody(request, bodyLimit)));
      if (!parsed.success) {
        throw new GatewayError(
          'invalid_request',
          'Send {"keys": […]}: 1 to 500 of the keys that answers tell as x-litellm-cache-key.',
          { param: 'keys' },
        );
      }
      const deleted = await orUnavailable(() => cache.remove(parsed.data.keys));
      answerJson(response, 200, { status: 'success', deleted });
    },
    'POST /cache/flushall': async (request, response) => {
      authenticator(request.headers);
      const cache = need();
      await orUnavailable(() => cache.flush());
      answerJson(response, 200, { status: 'success' });
    },
  };
}

async function orUnavailable<Result>(operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation();
  } catch (cause) {
    const { message } = cause as Error;
    throw new GatewayError('unavailable', `The cache cannot be reached: ${message}`, { cause });
  }
}
