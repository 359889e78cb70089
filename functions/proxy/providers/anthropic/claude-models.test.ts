import { expect, test } from 'vitest';
import { claudeModel } from './claude-models.ts';

test.each([
  ['claude-3-haiku-20240307', 'none', false, true, 4096],
  ['claude-3-5-sonnet-20241022', 'none', false, true, 8192],
  ['claude-3-7-sonnet-latest', 'budget', false, true, 32_000],
  ['claude-sonnet-4-20250514', 'budget', false, true, 32_000],
  ['claude-opus-4-1-20250805', 'budget', true, true, 32_000],
  ['claude-haiku-4-5-20251001', 'budget', true, true, 32_000],
  ['claude-sonnet-4-5@20250929', 'budget', true, true, 32_000],
  ['us.anthropic.claude-opus-4-6-v1', 'adaptive', true, true, 32_000],
  ['claude-opus-4-7', 'adaptive', true, false, 32_000],
  ['claude-opus-5', 'adaptive', true, false, 32_000],
  ['claude-sonnet-5-20260901', 'adaptive', true, false, 32_000],
  ['claude-mythos-preview', 'adaptive', true, false, 32_000],
  ['MiniMax-M2', 'none', false, true, 4096],
])('%s: thinking %s, output format %s, sampling %s', (name, thinking, format, sampling, tokens) => {
  expect(claudeModel(name)).toMatchObject({
    thinking,
    hasOutputFormat: format,
    hasSampling: sampling,
    defaultMaxTokens: tokens,
  });
});
