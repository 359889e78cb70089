/** UTC epoch milliseconds. Every time in an event and in the store is one. */
export type EpochMs = number;

/** A length of time in milliseconds; fractions are kept. */
export type Milliseconds = number;

/**
 * Tokens by kind. The kinds are disjoint: each token is counted in exactly one of them, so their
 * sum is the total. (Providers report overlapping figures: OpenAI's `prompt_tokens` includes
 * `cached_tokens`, its `completion_tokens` includes `reasoning_tokens`.)
 */
export const tokenKinds = [
  /** Prompt tokens that were neither read from nor written to the provider's cache, text. */
  'input',
  'cache_read',
  'cache_write',
  'input_audio',
  /** Answer tokens that the client sees as text. */
  'output',
  'reasoning',
  'output_audio',
] as const;

export type TokenKind = (typeof tokenKinds)[number];
export type Tokens = Record<TokenKind, number>;

export const inputKinds = ['input', 'cache_read', 'cache_write', 'input_audio'] as const;
export const outputKinds = ['output', 'reasoning', 'output_audio'] as const;

export function noTokens(): Tokens {
  return {
    input: 0,
    cache_read: 0,
    cache_write: 0,
    input_audio: 0,
    output: 0,
    reasoning: 0,
    output_audio: 0,
  };
}

const sum = (tokens: Tokens, kinds: readonly TokenKind[]) =>
  kinds.reduce((total, kind) => total + tokens[kind], 0);

/** What OpenAI calls `prompt_tokens`. */
export const inputTokens = (tokens: Tokens) => sum(tokens, inputKinds);
/** What OpenAI calls `completion_tokens`. */
export const outputTokens = (tokens: Tokens) => sum(tokens, outputKinds);
export const totalTokens = (tokens: Tokens) => sum(tokens, tokenKinds);
