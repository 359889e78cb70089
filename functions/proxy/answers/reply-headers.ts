import packageFile from '../../../package.json' with { type: 'json' };
import type { Nanos } from '../../_shared/money.ts';
import { nanosToDollars } from '../../_shared/money.ts';
import type { Call } from '../call.ts';

/** LiteLLM's `x-litellm-*` headers, as far as they are known when the head is sent. */
export function replyHeaders(call: Call, cost: Nanos | null): Record<string, string> {
  const headers: Record<string, string> = {
    'x-litellm-call-id': call.id,
    'x-litellm-version': packageFile.version,
  };
  const { plan, group, deployment, target } = call;
  if (plan && deployment && target) {
    headers['x-litellm-model-id'] = deployment.id;
    headers['x-litellm-model-group'] = group ?? deployment.modelName;
    headers['x-litellm-model-api-base'] = target.apiBase.split('?', 1)[0] as string;
    headers['x-litellm-timeout'] = asFloat((plan.options.timeoutMs ?? deployment.timeoutMs) / 1000);
    headers['x-litellm-attempted-retries'] = String(plan.retries);
    headers['x-litellm-max-retries'] = String(plan.maxRetries());
    headers['x-litellm-attempted-fallbacks'] = String(plan.fallbacks);
    headers['x-litellm-max-fallbacks'] = String(plan.maxFallbacks);
  }
  if (call.cache) {
    headers['x-litellm-cache-key'] = call.cache.key;
    if (call.cache.hit) headers['x-litellm-cache-hit'] = 'true';
  }
  if (cost !== null) headers['x-litellm-response-cost'] = String(nanosToDollars(cost));
  if (call.upstreamMs > 0 || call.cache?.hit) {
    const total = performance.now() - call.started;
    headers['x-litellm-attempted-retries'] ??= '0';
    headers['x-litellm-response-duration-ms'] = total.toFixed(3);
    headers['x-litellm-overhead-duration-ms'] = Math.max(0, total - call.upstreamMs).toFixed(3);
  }
  return headers;
}

/** As Python writes one, which is how LiteLLM's clients know it. */
const asFloat = (value: number) => (Number.isInteger(value) ? `${value}.0` : String(value));
