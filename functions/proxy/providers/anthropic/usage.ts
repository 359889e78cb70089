import { z } from 'zod';
import { noTokens, type Tokens } from '../../../_shared/units.ts';

/** No call takes a billion tokens; what claims to could not be booked. */
const count = z.number().int().min(0).max(1_000_000_000).nullish().catch(null);
const usage = z.object({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
  output_tokens_details: z.object({ thinking_tokens: count }).nullish().catch(null),
});

/**
 * Anthropic's usage as our kinds. Its `input_tokens` leaves out what was read from or written to
 * the cache; its `output_tokens` includes the thoughts. A stream tells it twice: `before` is what
 * the first told, and the second may leave out what has not changed.
 */
export function readMessagesUsage(given: unknown, before: Tokens | null = null): Tokens | null {
  const parsed = usage.safeParse(given);
  if (!parsed.success) return before;
  const told = parsed.data;
  const was = before ?? noTokens();
  const output = told.output_tokens ?? was.output + was.reasoning;
  const thought = told.output_tokens_details?.thinking_tokens ?? was.reasoning;
  const reasoning = Math.min(thought, output);
  return {
    ...was,
    input: told.input_tokens ?? was.input,
    cache_read: told.cache_read_input_tokens ?? was.cache_read,
    cache_write: told.cache_creation_input_tokens ?? was.cache_write,
    output: output - reasoning,
    reasoning,
  };
}

/** The other way round. Null is an answer that has not told any yet. */
export function toMessagesUsage(tokens: Tokens | null): Record<string, number> {
  const { input, input_audio, cache_read, cache_write, ...out } = tokens ?? noTokens();
  return {
    input_tokens: input + input_audio,
    output_tokens: out.output + out.reasoning + out.output_audio,
    cache_read_input_tokens: cache_read,
    cache_creation_input_tokens: cache_write,
  };
}
