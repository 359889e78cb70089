import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cacheKey, type KeyParts } from './cache-key.ts';

const parts = (body: Record<string, unknown>, more: Partial<KeyParts> = {}): KeyParts => ({
  operation: 'chat',
  body,
  owner: '',
  namespace: '',
  beta: '',
  ...more,
});
const question = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] };
const keyOf = (more: object, parted: Partial<KeyParts> = {}) =>
  cacheKey(parts({ ...question, ...more }, parted));

/** The same value with the members of every object in another order. */
function shuffled(value: unknown, order: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((each) => shuffled(each, order));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(
    ([name, each]) => [name, shuffled(each, order)] as const,
  );
  return Object.fromEntries(
    entries.sort(([a], [b]) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0)),
  );
}

/** As a body comes: numbers that JSON has no word for never do. */
const body = fc
  .dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.jsonValue({ maxDepth: 4 }))
  .map((given) => JSON.parse(JSON.stringify(given)) as Record<string, unknown>);

describe('one key', () => {
  test('in whatever order the members come', () => {
    fc.assert(
      fc.property(body, fc.string(), (given, salt) => {
        const other = shuffled(given, (name) => hash('sha256', salt + name));
        expect(cacheKey(parts(other as Record<string, unknown>))).toBe(cacheKey(parts(given)));
      }),
    );
  });

  test.each([
    { stream: true, stream_options: { include_usage: true } },
    { user: 'somebody' },
    { metadata: { trace: '1' }, tags: ['a'] },
    { cache: { ttl: 5 } },
    { num_retries: 3, timeout: 5, fallbacks: ['other'] },
    { temperature: null },
  ])('with and without what changes nothing of the answer: %j', (more) => {
    expect(keyOf(more)).toBe(keyOf({}));
  });
});

describe('another key', () => {
  test('for any other value, wherever it lies', () => {
    fc.assert(
      fc.property(body, body, (one, other) => {
        const differ =
          JSON.stringify(shuffled(one, String)) !== JSON.stringify(shuffled(other, String));
        fc.pre(differ);
        expect(cacheKey(parts({ x: one }))).not.toBe(cacheKey(parts({ x: other })));
      }),
    );
  });

  test.each([
    { model: 'other' },
    { messages: [{ role: 'system', content: 'Hi' }] },
    { messages: [{ role: 'user', content: 'Hi ' }] },
    { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] },
    { temperature: 0 },
    { temperature: '0' },
    { top_p: 0.5 },
    { n: 2 },
    { seed: 1 },
    { stop: ['a'] },
    { stop: 'a' },
    { max_tokens: 1 },
    { max_completion_tokens: 1 },
    { tools: [{ type: 'function', function: { name: 'f' } }] },
    { tool_choice: 'none' },
    { response_format: { type: 'json_object' } },
    { reasoning_effort: 'low' },
    { logprobs: true },
    { something_new: true },
  ])('for %j', (more) => {
    expect(keyOf(more)).not.toBe(keyOf({}));
  });

  test('for another API, owner or beta, and under another namespace', () => {
    const keys = [
      keyOf({}),
      keyOf({}, { operation: 'embeddings' }),
      keyOf({}, { owner: 'key a' }),
      keyOf({}, { owner: 'team a' }),
      keyOf({}, { beta: 'context-1m' }),
      keyOf({}, { namespace: 'mine' }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.at(-1)).toBe(`mine:${keys[0]}`);
  });
});
