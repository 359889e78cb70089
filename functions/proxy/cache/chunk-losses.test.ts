import { expect, test } from 'vitest';
import { losesSomething } from './chunk-losses.ts';

const chunk = (delta: object, more: object = {}, top: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  model: 'm',
  choices: [{ index: 0, delta, logprobs: null, finish_reason: null, ...more }],
  ...top,
});

test.each([
  chunk({ role: 'assistant', content: '' }),
  chunk({ content: 'Hi', refusal: null, function_call: null }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '{' } }] }),
  chunk({ reasoning_content: 'So.', annotations: [] }),
  chunk({}, { finish_reason: 'stop', content_filter_results: { hate: { filtered: false } } }),
  chunk({ content: 'Hi' }, {}, { obfuscation: 'xxxx', service_tier: 'default', usage: null }),
  { choices: [], prompt_filter_results: [{}] },
  { choices: [], usage: { total_tokens: 1 } },
  { usage: {} },
])('nothing of %j', (given) => {
  expect(losesSomething(given)).toBe(false);
});

test.each([
  chunk({ content: 'Hi' }, { logprobs: { content: [] } }),
  chunk({ function_call: { name: 'f' } }),
  chunk({ audio: { data: 'AAAA' } }),
  chunk({ annotations: [{ type: 'url_citation' }] }),
  chunk({ images: [{}] }),
  chunk({ content: 'Hi' }, {}, { citations: ['https://example.com'] }),
])('something of %j', (given) => {
  expect(losesSomething(given)).toBe(true);
});
