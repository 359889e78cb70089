import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inputTokens, noTokens, outputTokens, tokenKinds } from '../../_shared/units.ts';
import { readOpenAiUsage, toOpenAiUsage } from './openai-usage.ts';

test.each([
  ['plain', { prompt_tokens: 10, completion_tokens: 5 }, { input: 10, output: 5 }],
  [
    "OpenAI's details overlap their totals",
    {
      prompt_tokens: 1000,
      completion_tokens: 300,
      total_tokens: 1300,
      prompt_tokens_details: { cached_tokens: 600, audio_tokens: 50 },
      completion_tokens_details: { reasoning_tokens: 120, audio_tokens: 30 },
    },
    { input: 350, cache_read: 600, input_audio: 50, output: 150, reasoning: 120, output_audio: 30 },
  ],
  [
    'reasoning beside completion_tokens, as the total shows',
    {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 115,
      completion_tokens_details: { reasoning_tokens: 100 },
    },
    { input: 10, output: 5, reasoning: 100 },
  ],
  [
    'DeepSeek',
    { prompt_tokens: 10, completion_tokens: 5, prompt_cache_hit_tokens: 8 },
    { input: 2, cache_read: 8, output: 5 },
  ],
  [
    "Anthropic's cache figures",
    {
      prompt_tokens: 100,
      completion_tokens: 5,
      cache_read_input_tokens: 40,
      cache_creation_input_tokens: 30,
    },
    { input: 30, cache_read: 40, cache_write: 30, output: 5 },
  ],
  [
    'nonsense in the details is dropped, not booked',
    { prompt_tokens: 10, completion_tokens: -3, prompt_tokens_details: 'x' },
    { input: 10 },
  ],
])('%s', (_case, given, expected) => {
  expect(readOpenAiUsage(given)).toEqual({ ...noTokens(), ...expected });
});

const absurd = { prompt_tokens: Number.MAX_SAFE_INTEGER, completion_tokens: -1 };

test.each([null, undefined, 'x', {}, { prompt_tokens: 0, completion_tokens: 0 }, absurd])(
  'no usage in %o',
  (given) => {
    expect(readOpenAiUsage(given)).toBeNull();
  },
);

test('the kinds never add up to more than the totals', () => {
  const count = fc.nat(10_000);
  fc.assert(
    fc.property(count, count, count, count, count, count, (prompt, completion, a, b, c, d) => {
      const tokens = readOpenAiUsage({
        prompt_tokens: prompt,
        completion_tokens: completion,
        prompt_tokens_details: { cached_tokens: a, audio_tokens: b },
        completion_tokens_details: { reasoning_tokens: c, audio_tokens: d },
      });
      if (tokens === null) return;
      expect(inputTokens(tokens)).toBe(prompt);
      expect(outputTokens(tokens)).toBe(completion);
    }),
  );
});

test('what adapters tell as usage is read back as it was', () => {
  const anyTokens = fc
    .array(fc.nat(100_000), { minLength: tokenKinds.length, maxLength: tokenKinds.length })
    .map((counts) => {
      const tokens = noTokens();
      for (const [index, kind] of tokenKinds.entries()) tokens[kind] = counts[index] ?? 0;
      return tokens;
    });
  fc.assert(
    fc.property(anyTokens, (tokens) => {
      fc.pre(inputTokens(tokens) + outputTokens(tokens) > 0);
      expect(readOpenAiUsage(toOpenAiUsage(tokens))).toEqual(tokens);
    }),
  );
});
