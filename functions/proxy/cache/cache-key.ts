import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

export interface KeyParts {
  /** What kind of call it is: `chat`. */
  operation: string;
  /** As it was sent, checked. Its `model` is the group's name. */
  body: Record<string, unknown>;
  /** Whose answers these are: '' for everyone's. */
  owner: string;
  /** '' for none. */
  namespace: string;
  /** `anthropic-beta`: it goes on to the provider and changes what it does. */
  beta: string;
}

/**
 * Members that change nothing of the answer: how it is sent, who asks, what is noted down of it,
 * and what the gateway does until it has it. All others do, known or not.
 */
const indifferent = new Set([
  'stream',
  'stream_options',
  'user',
  'safety_identifier',
  'metadata',
  'store',
  'prompt_cache_key',
  'prompt_cache_retention',
  'tags',
  'cache',
  'no-log',
  'fallbacks',
  'context_window_fallbacks',
  'content_policy_fallbacks',
  'disable_fallbacks',
  'num_retries',
  'timeout',
  'stream_timeout',
  'priority',
  'router_settings_override',
  'litellm_session_id',
  'litellm_trace_id',
  'litellm_metadata',
]);

/**
 * Under what an answer is kept: equal for two calls that may be given one answer. The namespace
 * stands before it in plain words, as LiteLLM's does.
 */
export function cacheKey({ operation, body, owner, namespace, beta }: KeyParts): string {
  const telling: Record<string, unknown> = {};
  for (const name of Object.keys(body)) {
    // OpenAI takes a parameter that is null for one that was not sent.
    if (body[name] != null && !indifferent.has(name)) telling[name] = body[name];
  }
  const text = canonicalJson([operation, owner, beta, telling]);
  const digest = hash('sha256', text);
  return namespace === '' ? digest : `${namespace}:${digest}`;
}
