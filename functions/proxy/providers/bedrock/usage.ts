import { noTokens, type Tokens } from '../../../_shared/units.ts';
import { isObject } from '../json.ts';
import { tokenCount } from '../token-count.ts';

/**
 * Converse's usage as our kinds; null where there is none. `inputTokens` leaves out what was read
 * from or written to the cache, and a total that does not add up so shows a model that counts
 * it in.
 */
export function readConverseUsage(given: unknown): Tokens | null {
  if (!isObject(given)) return null;
  const told = tokenCount(given.inputTokens);
  const output = tokenCount(given.outputTokens);
  const cache_read = tokenCount(given.cacheReadInputTokens);
  const cache_write = tokenCount(given.cacheWriteInputTokens);
  const cached = cache_read + cache_write;
  const isWithin = told >= cached && tokenCount(given.totalTokens) === told + output;
  return { ...noTokens(), input: isWithin ? told - cached : told, cache_read, cache_write, output };
}
