import { noTokens, type Tokens } from '../../../_shared/units.ts';
import { isObject } from '../json.ts';
import { tokenCount } from '../token-count.ts';

/**
 * Cohere's usage as our kinds; null where there is none. `tokens` is all that the model read and
 * wrote; `billed_units`, beside it, leaves out what Cohere puts into a prompt.
 */
export function readChatUsage(given: unknown): Tokens | null {
  if (!isObject(given)) return null;
  const told = isObject(given.tokens) ? given.tokens : given.billed_units;
  if (!isObject(told)) return null;
  const input = tokenCount(told.input_tokens);
  const cache_read = Math.min(tokenCount(given.cached_tokens), input);
  const output = tokenCount(told.output_tokens);
  return { ...noTokens(), input: input - cache_read, cache_read, output };
}
