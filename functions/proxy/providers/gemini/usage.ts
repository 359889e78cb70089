import { z } from 'zod';
import { noTokens, type Tokens } from '../../../_shared/units.ts';

/** No call takes a billion tokens; what claims to could not be booked. */
const count = z.number().int().min(0).max(1_000_000_000).catch(0).default(0);
const details = z
  .array(z.object({ modality: z.string().catch(''), tokenCount: count }))
  .catch([])
  .default([]);
const usageMetadata = z.object({
  promptTokenCount: count,
  cachedContentTokenCount: count,
  toolUsePromptTokenCount: count,
  candidatesTokenCount: count,
  thoughtsTokenCount: count,
  totalTokenCount: count,
  promptTokensDetails: details,
  cacheTokensDetails: details,
  candidatesTokensDetails: details,
});

const audioIn = (given: z.infer<typeof details>) =>
  given
    .filter(({ modality }) => modality === 'AUDIO')
    .reduce((total, { tokenCount }) => total + tokenCount, 0);

/**
 * Gemini's `usageMetadata` as our kinds; null where there is none. Its prompt includes what was
 * read from the cache, but not what its own tools read; its candidates leave the thoughts out.
 */
export function readUsageMetadata(given: unknown): Tokens | null {
  const parsed = usageMetadata.safeParse(given);
  if (!parsed.success) return null;
  const told = parsed.data;
  const prompt = told.promptTokenCount;
  const cached = Math.min(told.cachedContentTokenCount, prompt);
  const freshAudio = audioIn(told.promptTokensDetails) - audioIn(told.cacheTokensDetails);
  const input_audio = Math.max(0, Math.min(freshAudio, prompt - cached));
  const reasoning = told.thoughtsTokenCount;
  const withoutThoughts = prompt + told.toolUsePromptTokenCount + told.candidatesTokenCount;
  // Some models count thoughts among the candidates; their total gives it away.
  const isInclusive = reasoning > 0 && told.totalTokenCount === withoutThoughts;
  const said = Math.max(0, told.candidatesTokenCount - (isInclusive ? reasoning : 0));
  const output_audio = Math.min(audioIn(told.candidatesTokensDetails), said);
  return {
    ...noTokens(),
    input: prompt - cached - input_audio + told.toolUsePromptTokenCount,
    cache_read: cached,
    input_audio,
    output: said - output_audio,
    reasoning,
    output_audio,
  };
}
