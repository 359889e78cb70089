import { type ClaudeModel, claudeModel } from '../anthropic/claude-models.ts';

/** What a model at Bedrock can do, as far as a request must be written for it. */
export interface ModelFamily {
  /** Null where it is no Claude. */
  claude: ClaudeModel | null;
  /** How `reasoning_effort` is told. */
  effort: 'claude' | 'nova' | 'openai' | null;
  /** The member of `additionalModelRequestFields` that `top_k` is. */
  topK: 'top_k' | 'k' | 'inferenceConfig';
  /** Whether `outputConfig.textFormat` holds the answer to a JSON schema. */
  hasOutputFormat: boolean;
  /** Whether it can be told that it must call a tool. */
  canForceTools: boolean;
}

/** Of AWS's list of models with structured outputs, those that are no Claude. */
const structured =
  /qwen3|openai\.|deepseek\.v|google\.gemma|minimax|magistral|ministral|mistral-large-3|voxtral|kimi|nemotron/;

/** Reads a model's abilities from its id: `us.anthropic.claude-…`, `amazon.nova-pro-v1:0`. */
export function modelFamily(id: string): ModelFamily {
  if (/anthropic|claude/.test(id)) {
    const claude = claudeModel(id);
    return {
      claude,
      effort: 'claude',
      topK: 'top_k',
      // Opus 4.1, which has it at Anthropic, is not on AWS's list.
      hasOutputFormat: claude.hasOutputFormat && !id.includes('opus-4-1'),
      canForceTools: true,
    };
  }
  const isNova = id.includes('nova');
  return {
    claude: null,
    effort: /nova-2/.test(id) ? 'nova' : /openai\.|kimi/.test(id) ? 'openai' : null,
    topK: isNova ? 'inferenceConfig' : id.includes('cohere.') ? 'k' : 'top_k',
    hasOutputFormat: structured.test(id),
    canForceTools: isNova || id.includes('mistral'),
  };
}
