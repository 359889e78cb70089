import { z } from 'zod';
import { inputTokens, outputTokens, type Tokens, totalTokens } from '../../_shared/units.ts';

/** No call takes a billion tokens; what claims to could not be added up, nor priced, nor booked. */
const mostTokens = 1_000_000_000;
const count = z.number().int().min(0).max(mostTokens).catch(0).default(0);
/** Lenient: what an upstream says about tokens, under the names that compatible ones use. */
const usage = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: z
    .object({ cached_tokens: count, audio_tokens: count })
    .nullish()
    .catch(null),
  completion_tokens_details: z
    .object({ reasoning_tokens: count, audio_tokens: count })
    .nullish()
    .catch(null),
  /** DeepSeek's name for tokens read from its cache. */
  prompt_cache_hit_tokens: count,
  /** Anthropic's names, as gateways in between pass them on. */
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
});

/**
 * OpenAI's overlapping usage figures as disjoint token kinds; null where there is none. Details
 * that add up to more than their total are cut to it, so that no token is counted twice.
 */
export function readOpenAiUsage(given: unknown): Tokens | null {
  const parsed = usage.safeParse(given);
  if (!parsed.success || given === null) return null;
  const reported = parsed.data;
  if (reported.prompt_tokens === 0 && reported.completion_tokens === 0) return null;

  let input = reported.prompt_tokens;
  const takeInput = (wanted: number) => {
    const taken = Math.min(wanted, input);
    input -= taken;
    return taken;
  };
  const cacheRead = takeInput(
    Math.max(
      reported.prompt_tokens_details?.cached_tokens ?? 0,
      reported.prompt_cache_hit_tokens,
      reported.cache_read_input_tokens,
    ),
  );
  const cacheWrite = takeInput(reported.cache_creation_input_tokens);
  const inputAudio = takeInput(reported.prompt_tokens_details?.audio_tokens ?? 0);

  const reasoning = reported.completion_tokens_details?.reasoning_tokens ?? 0;
  // xAI and some others leave reasoning out of completion_tokens; their total gives it away.
  const apart =
    reasoning > 0 &&
    reported.total_tokens === reported.prompt_tokens + reported.completion_tokens + reasoning;
  let output = reported.completion_tokens + (apart ? reasoning : 0);
  const takeOutput = (wanted: number) => {
    const taken = Math.min(wanted, output);
    output -= taken;
    return taken;
  };
  const reasoningTokens = takeOutput(reasoning);
  const outputAudio = takeOutput(reported.completion_tokens_details?.audio_tokens ?? 0);
  return {
    input,
    cache_read: cacheRead,
    cache_write: cacheWrite,
    input_audio: inputAudio,
    output,
    reasoning: reasoningTokens,
    output_audio: outputAudio,
  };
}

/**
 * Token kinds as OpenAI's usage, cached and written ones under Anthropic's names beside it as
 * LiteLLM has them. `readOpenAiUsage` reads the same kinds back.
 */
export function toOpenAiUsage(tokens: Tokens): Record<string, unknown> {
  const { cache_read, cache_write, input_audio, reasoning, output_audio } = tokens;
  const promptDetails = {
    cached_tokens: cache_read,
    ...(cache_write > 0 ? { cache_creation_tokens: cache_write } : {}),
    ...(input_audio > 0 ? { audio_tokens: input_audio } : {}),
  };
  const completionDetails = {
    reasoning_tokens: reasoning,
    ...(output_audio > 0 ? { audio_tokens: output_audio } : {}),
  };
  return {
    prompt_tokens: inputTokens(tokens),
    completion_tokens: outputTokens(tokens),
    total_tokens: totalTokens(tokens),
    prompt_tokens_details: promptDetails,
    completion_tokens_details: completionDetails,
    ...(cache_read + cache_write > 0
      ? { cache_read_input_tokens: cache_read, cache_creation_input_tokens: cache_write }
      : {}),
  };
}
