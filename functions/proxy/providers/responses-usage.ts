import {
  inputTokens,
  noTokens,
  outputTokens,
  type Tokens,
  totalTokens,
} from '../../_shared/units.ts';
import { isObject } from './json.ts';
import { tokenCount } from './token-count.ts';

/** The usage of OpenAI's Responses and images, as disjoint token kinds; null where there is none. */
export function readResponsesUsage(given: unknown): Tokens | null {
  if (!isObject(given)) return null;
  const input = tokenCount(given.input_tokens);
  const output = tokenCount(given.output_tokens);
  if (input === 0 && output === 0) return null;
  const inDetails = isObject(given.input_tokens_details) ? given.input_tokens_details : {};
  const outDetails = isObject(given.output_tokens_details) ? given.output_tokens_details : {};
  const cache_read = Math.min(tokenCount(inDetails.cached_tokens), input);
  const reasoning = Math.min(tokenCount(outDetails.reasoning_tokens), output);
  return {
    ...noTokens(),
    input: input - cache_read,
    cache_read,
    output: output - reasoning,
    reasoning,
  };
}

export function toResponsesUsage(tokens: Tokens): Record<string, unknown> {
  return {
    input_tokens: inputTokens(tokens),
    input_tokens_details: { cached_tokens: tokens.cache_read },
    output_tokens: outputTokens(tokens),
    output_tokens_details: { reasoning_tokens: tokens.reasoning },
    total_tokens: totalTokens(tokens),
  };
}
