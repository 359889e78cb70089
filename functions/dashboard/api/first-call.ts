import { GatewayError } from '../../_shared/errors.ts';
import { answerJson } from '../../_shared/http/answer.ts';
import type { Routes } from '../../_shared/http/router.ts';

const timeoutMs = 60_000;
const longestReason = 500;

/** Sends one small call through the gateway, so that a newcomer need not leave the page. */
export function firstCallRoutes({
  proxyUrl,
  apiKey,
  model,
  fetch,
}: {
  proxyUrl: string;
  apiKey: string;
  model: string;
  fetch: typeof globalThis.fetch;
}): Routes {
  return {
    async 'POST /ui/api/first-call'(_request, response) {
      const answer = await fetch(new URL('/v1/chat/completions', proxyUrl), {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          model,
          messages: [{ role: 'user', content: 'Say hello in five words.' }],
        }),
        signal: AbortSignal.timeout(timeoutMs),
      }).catch((cause: unknown) => {
        throw new GatewayError(
          'upstream_unreachable',
          `The proxy at ${proxyUrl} did not answer. Is it running?`,
          { cause },
        );
      });
      const text = await answer.text();
      if (!answer.ok) {
        throw new GatewayError('upstream', `The call failed (${answer.status}): ${reasonIn(text)}`);
      }
      answerJson(response, 200, {});
    },
  };
}

/** The message of an OpenAI error body, or the start of whatever came instead. */
function reasonIn(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } };
    if (typeof error?.message === 'string') return error.message.slice(0, longestReason);
  } catch {
    // Not JSON; its text is the best reason there is.
  }
  return text.slice(0, longestReason) || 'no reason given';
}
