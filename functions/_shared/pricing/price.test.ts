import { calcPrice } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noTokens, tokenKinds } from '../units.ts';
import { createPriceBook } from './price.ts';

const book = createPriceBook();
const at = Date.UTC(2026, 10, 1);
const openai = { provider: 'openai', api_base: 'https://api.openai.com/v1', at };

describe('the public list', () => {
  test('gpt-4o-mini with 600 of 1,000 prompt tokens from the cache', () => {
    const tokens = { ...noTokens(), input: 400, cache_read: 600, output: 100 };
    // 400 × $0.15/M + 600 × $0.075/M + 100 × $0.60/M
    expect(book.price({ ...openai, model: 'gpt-4o-mini', tokens })).toEqual({
      cost_nanos: 60_000 + 45_000 + 60_000,
      price_source: 'genai-prices',
      cost_lines: [
        { kind: 'input', tokens: 400, nanos_per_million: 0.15e9, cost_nanos: 60_000 },
        { kind: 'cache_read', tokens: 600, nanos_per_million: 0.075e9, cost_nanos: 45_000 },
        { kind: 'output', tokens: 100, nanos_per_million: 0.6e9, cost_nanos: 60_000 },
      ],
    });
  });

  test.each([200_000, 200_001, 300_000])('a long prompt of %i as calcPrice has it', (input) => {
    const price = book.price({
      provider: 'google',
      api_base: null,
      model: 'gemini-2.5-pro',
      at,
      tokens: { ...noTokens(), input, output: 100 },
    });
    const usage = { input_tokens: input, output_tokens: 100 };
    const expected = calcPrice(usage, 'gemini-2.5-pro', { providerId: 'google' });
    expect(price?.cost_nanos).toBe(Math.round((expected?.total_price ?? 0) * 1e9));
  });

  test('tokens written to the cache have their own price', () => {
    const price = book.price({
      provider: 'anthropic',
      api_base: null,
      model: 'claude-sonnet-4-5',
      at,
      tokens: { ...noTokens(), input: 500, cache_write: 500, output: 10 },
    });
    expect(price?.cost_nanos).toBe(3_525_000);
  });

  test.each([
    ['azure', 'gpt-4o'],
    ['groq', 'llama-3.3-70b-versatile'],
    ['together_ai', 'meta-llama/Llama-3.3-70B-Instruct-Turbo'],
    ['mistral', 'mistral-large-latest'],
    ['deepseek', 'deepseek-chat'],
    ['xai', 'grok-4'],
    ['fireworks_ai', 'accounts/fireworks/models/llama4-maverick-instruct-basic'],
    ['openrouter', 'anthropic/claude-sonnet-4.5'],
    ['perplexity', 'sonar-pro'],
    ['cerebras', 'gpt-oss-120b'],
    ['cohere', 'command-a-03-2025'],
    ['anthropic', 'claude-opus-4-7'],
    ['gemini', 'gemini-2.5-pro'],
    ['vertex_ai', 'gemini-2.5-pro'],
    ['vertex_ai', 'claude-sonnet-4-5@20250929'],
    ['bedrock', 'anthropic.claude-sonnet-4-5-20250929-v1:0'],
  ])('knows %s by the name that LiteLLM has for it, behind whatever URL', (provider, model) => {
    const tokens = { ...noTokens(), input: 1000, output: 100 };
    const api_base = 'http://egress.internal:8080/v1';
    expect(book.price({ provider, api_base, model, at, tokens })?.cost_nanos).toBeGreaterThan(0);
  });

  test('reasoning costs what output does', () => {
    const tokens = { ...noTokens(), reasoning: 1_000_000 };
    expect(book.price({ ...openai, model: 'gpt-4o-mini', tokens })?.cost_nanos).toBe(0.6e9);
  });

  test.each([
    ['an unknown model', { ...openai, model: 'no-such-model' }],
    [
      'a known name at an unknown place',
      {
        ...openai,
        provider: 'custom_openai',
        api_base: 'http://10.0.0.1/v1',
        model: 'gpt-4o-mini',
      },
    ],
  ])('%s has no price', (_case, call) => {
    expect(book.price({ ...call, tokens: { ...noTokens(), input: 10 } })).toBeNull();
  });
});

describe("the operator's own prices", () => {
  const own = (prices: object, tokens: object) =>
    book.price({ ...openai, model: 'gpt-4o-mini', prices, tokens: { ...noTokens(), ...tokens } });

  test('win over the list', () => {
    const price = own({ input: 0.000001, output: 0.000002 }, { input: 10, output: 10 });
    expect(price).toMatchObject({ cost_nanos: 30_000, price_source: 'config' });
  });

  test('a price of 0 is a price', () => {
    expect(own({ input: 0 }, { input: 10, output: 10 })).toMatchObject({ cost_nanos: 0 });
  });

  test('a kind without its own costs what its side does', () => {
    expect(
      own({ input: 0.000001, cache_read: 0.0000001 }, { cache_read: 10, cache_write: 10 }),
    ).toMatchObject({
      cost_nanos: 1_000 + 10_000,
    });
  });

  test('a cache price alone prices nothing', () => {
    expect(own({ cache_read: 0.1 }, { input: 1_000_000 })).toMatchObject({
      price_source: 'genai-prices',
      cost_nanos: 0.15e9,
    });
  });
});

test('lines add up to the cost, no line is negative, and more tokens never cost less', () => {
  const count = fc.nat(1_000_000);
  const anyTokens = fc.record(
    Object.fromEntries(tokenKinds.map((kind) => [kind, count])) as Record<string, typeof count>,
  );
  fc.assert(
    fc.property(anyTokens, fc.constantFrom(...tokenKinds), count, (given, kind, more) => {
      const tokens = { ...noTokens(), ...given };
      const cost = (of: typeof tokens) => {
        const price = book.price({ ...openai, model: 'gpt-4o', tokens: of });
        const lines = price?.cost_lines ?? [];
        expect(lines.every((line) => line.cost_nanos >= 0)).toBe(true);
        expect(lines.reduce((sum, line) => sum + line.cost_nanos, 0)).toBe(price?.cost_nanos);
        return price?.cost_nanos ?? 0;
      };
      const grown = { ...tokens, [kind]: tokens[kind] + more };
      expect(cost(grown)).toBeGreaterThanOrEqual(cost(tokens));
    }),
  );
});
