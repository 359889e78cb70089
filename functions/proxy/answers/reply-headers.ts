import type { Nanos } from '../../_shared/money.ts';
import { nanosToDollars } from '../../_shared/money.ts';
import type { Call } from '../call.ts';

/** LiteLLM's `x-litellm-*` headers, as far as they are known when the head is sent. */
export function replyHeaders(call: Call, cost: Nanos | null): Record<string, string> {
  const headers: Record<string, string> = { 'x-litellm-call-id': call.id };
  const { deployment } = call;
  if (deployment) {
    headers['x-litellm-model-id'] = deployment.id;
    headers['x-litellm-model-group'] = deployment.modelName;
  }
  if (call.cache) {
    headers['x-litellm-cache-key'] = call.cache.key;
    if (call.cache.hit) headers['x-litellm-cache-hit'] = 'true';
  }
  const [attempt] = call.attempts;
  if (attempt?.api_base) headers['x-litellm-model-api-base'] = attempt.api_base;
  if (cost !== null) headers['x-litellm-response-cost'] = String(nanosToDollars(cost));
  if (call.attempts.length > 0 || call.cache?.hit) {
    const total = performance.now() - call.started;
    headers['x-litellm-attempted-retries'] = String(Math.max(0, call.attempts.length - 1));
    headers['x-litellm-response-duration-ms'] = total.toFixed(3);
    headers['x-litellm-overhead-duration-ms'] = Math.max(0, total - call.upstreamMs).toFixed(3);
  }
  return headers;
}
