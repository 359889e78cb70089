import type { Ask } from '../adapter.ts';
import type { Refuse } from '../unsupported.ts';
import type { ClaudeModel } from './claude-models.ts';

/** LiteLLM's budgets; below 1024 Anthropic takes none. */
const budgets: Record<string, number> = {
  minimal: 1024,
  low: 1024,
  medium: 2048,
  high: 4096,
  xhigh: 8192,
  max: 16_384,
};
const least = 1024;

interface Thinking {
  thinking?: unknown;
  effort?: string;
  max_tokens: number;
}

/**
 * `reasoning_effort`, in the model's way. What it thinks is asked for as a summary: newer models
 * would keep it to themselves otherwise. A client's own `thinking` goes as it is, and wins.
 */
export function askToThink({ chat }: Ask, claude: ClaudeModel, refuse: Refuse): Thinking {
  const { reasoning_effort: effort, thinking } = chat;
  const asked = chat.max_completion_tokens ?? chat.max_tokens ?? null;
  const max_tokens = asked ?? claude.defaultMaxTokens;
  if (thinking != null) {
    return { thinking, max_tokens: asked ?? roomBeside(thinking, max_tokens) };
  }
  if (effort == null || effort === 'none') return { max_tokens };
  const budget = typeof effort === 'string' ? budgets[effort] : undefined;
  if (budget === undefined) {
    refuse('reasoning_effort', `with the value ${JSON.stringify(effort)?.slice(0, 64)}`);
    return { max_tokens };
  }
  if (claude.thinking === 'none') {
    refuse('reasoning_effort', 'for this model');
    return { max_tokens };
  }
  if (claude.thinking === 'adaptive') {
    const thinking = { type: 'adaptive', display: 'summarized' };
    return { thinking, effort: effortOf(String(effort), claude), max_tokens };
  }
  // OpenAI's limit is on all that is generated, thoughts too, and so is Anthropic's.
  const fitting = Math.min(budget, max_tokens - 1);
  if (fitting < least) {
    refuse('reasoning_effort', `where max_tokens is not over ${least}`);
    return { max_tokens };
  }
  return { thinking: { type: 'enabled', budget_tokens: fitting }, max_tokens };
}

/** LiteLLM's room for an answer beside a budget of the client's own that leaves none. */
const answerTokens = 4096;

function roomBeside(thinking: unknown, max_tokens: number): number {
  const budget =
    typeof thinking === 'object' && thinking !== null && 'budget_tokens' in thinking
      ? Number(thinking.budget_tokens)
      : 0;
  return budget >= max_tokens ? budget + answerTokens : max_tokens;
}

function effortOf(effort: string, claude: ClaudeModel): string {
  if (effort === 'minimal') return 'low';
  return effort === 'xhigh' && !claude.hasExtraHighEffort ? 'high' : effort;
}
