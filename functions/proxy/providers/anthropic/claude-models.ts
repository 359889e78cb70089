/** What a Claude model can do, as far as a request must be written for it. */
export interface ClaudeModel {
  /** How it is told to think: not at all, with a budget of tokens, or as it sees fit. */
  thinking: 'none' | 'budget' | 'adaptive';
  /** `output_config.format` holds the answer to a JSON schema. */
  hasOutputFormat: boolean;
  /** Whether `temperature`, `top_p` and `top_k` are taken. */
  hasSampling: boolean;
  /** Whether there is an effort between `high` and `max`. */
  hasExtraHighEffort: boolean;
  /** What `max_tokens` is where the client sets none; Anthropic requires it. */
  defaultMaxTokens: number;
}

/** LiteLLM's, for what is no Claude that we know. */
const fallbackMaxTokens = 4096;

/** `claude-opus-4-1-20250805`: the family, then the version; a date is no version. */
const named = /claude-(?:opus|sonnet|haiku|fable|mythos)-(\d+)(?:[-.](\d{1,2}))?(?!\d)/;
/** `claude-3-5-sonnet-20241022` */
const numbered = /claude-(\d+)(?:[-.](\d{1,2}))?(?!\d)/;

/**
 * Reads a model's abilities from its name, wherever it is served (`anthropic.claude-…` at Bedrock,
 * `claude-…@20250929` at Vertex). A Claude without a version in its name is taken for a new one.
 */
export function claudeModel(name: string): ClaudeModel {
  const match = named.exec(name) ?? numbered.exec(name);
  const isClaude = name.includes('claude');
  const version = match
    ? Number(match[1]) + Number(match[2] ?? 0) / 100
    : isClaude
      ? Number.POSITIVE_INFINITY
      : 0;
  const since = (major: number, minor: number) => version >= major + minor / 100;
  return {
    thinking: since(4, 6) ? 'adaptive' : since(3, 7) ? 'budget' : 'none',
    hasOutputFormat: since(4, 5) || name.includes('opus-4-1'),
    hasSampling: !since(4, 7),
    hasExtraHighEffort: since(4, 7),
    defaultMaxTokens: since(3, 7) ? 32_000 : since(3, 5) ? 8192 : fallbackMaxTokens,
  };
}
