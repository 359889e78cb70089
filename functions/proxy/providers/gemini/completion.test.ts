import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../_shared/errors.ts';
import { totalTokens } from '../../../_shared/units.ts';
import { translateCompletion } from './completion.ts';
import { readUsageMetadata } from './usage.ts';

const anything = fc.option(fc.jsonValue({ maxDepth: 3 }));

test('whatever is answered becomes a completion with choices, or is an error of the upstream', () => {
  const answer = fc.record({
    candidates: fc.oneof(anything, fc.array(fc.record({ content: anything, index: anything }))),
    promptFeedback: fc.oneof(anything, fc.record({ blockReason: anything })),
    usageMetadata: anything,
    error: anything,
    responseId: anything,
  });
  fc.assert(
    fc.property(answer, (given) => {
      try {
        expect(translateCompletion(given).choices.length).toBeGreaterThan(0);
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        expect(error.code).toBe('upstream');
      }
    }),
  );
});

test('a 200 with an error inside is that error', () => {
  const error = { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' };
  expect(() => translateCompletion({ error })).toThrow('The model is overloaded.');
});

describe('usage', () => {
  const count = fc.oneof(fc.nat(10_000), fc.constant(-1), fc.constant('many'));
  const details = fc.oneof(
    fc.constant(null),
    fc.array(fc.record({ modality: fc.constantFrom('TEXT', 'AUDIO'), tokenCount: count })),
  );

  test('never has a kind below 0, nor more in all than was told', () => {
    const told = fc.record({
      promptTokenCount: fc.nat(10_000),
      cachedContentTokenCount: count,
      toolUsePromptTokenCount: fc.nat(100),
      candidatesTokenCount: fc.nat(10_000),
      thoughtsTokenCount: fc.nat(10_000),
      totalTokenCount: count,
      promptTokensDetails: details,
      cacheTokensDetails: details,
      candidatesTokensDetails: details,
    });
    fc.assert(
      fc.property(told, (given) => {
        const tokens = readUsageMetadata(given);
        if (tokens === null) throw new Error('there is usage');
        const most =
          given.promptTokenCount +
          given.toolUsePromptTokenCount +
          given.candidatesTokenCount +
          given.thoughtsTokenCount;
        expect(Math.min(...Object.values(tokens))).toBeGreaterThanOrEqual(0);
        expect(totalTokens(tokens)).toBeLessThanOrEqual(most);
      }),
    );
  });

  test('of an answer that is heard tells its sound apart', () => {
    const candidatesTokensDetails = [{ modality: 'AUDIO', tokenCount: 7 }];
    const given = { promptTokenCount: 3, candidatesTokenCount: 9, candidatesTokensDetails };
    expect(readUsageMetadata(given)).toMatchObject({ input: 3, output: 2, output_audio: 7 });
  });
});
