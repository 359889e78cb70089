import type { Ask } from '../adapter.ts';
import { isObject, type Json } from '../json.ts';
import type { Refuse } from '../unsupported.ts';
import type { GeminiModel } from './gemini-models.ts';

/** LiteLLM's budgets, and what it does for the efforts that came after them. */
const budgets: Record<string, number> = {
  minimal: 128,
  low: 1024,
  medium: 2048,
  high: 4096,
  xhigh: 8192,
  max: 16_384,
};

/**
 * `thinkingConfig` for `reasoning_effort`, in the model's way; its thoughts are asked for along
 * with it. LiteLLM's `thinking`, which is Anthropic's, wins, as a budget.
 */
export function askToThink({ chat }: Ask, model: GeminiModel, refuse: Refuse): Json | undefined {
  const { reasoning_effort: effort, thinking } = chat;
  if (isObject(thinking)) {
    if (model.thinking === 'none') {
      if (thinking.type !== 'disabled') refuse('thinking', 'for this model');
      return undefined;
    }
    if (thinking.type === 'disabled') return withoutThoughts(model);
    const { budget_tokens: budget } = thinking;
    return { includeThoughts: true, ...(budget == null ? {} : { thinkingBudget: budget }) };
  }
  if (effort == null) return undefined;
  if (effort === 'none' || effort === 'disable') return withoutThoughts(model);
  const budget = typeof effort === 'string' ? budgets[effort] : undefined;
  if (budget === undefined) {
    refuse('reasoning_effort', `with the value ${JSON.stringify(effort)?.slice(0, 64)}`);
    return undefined;
  }
  if (model.thinking === 'none') {
    refuse('reasoning_effort', 'for this model');
    return undefined;
  }
  const amount =
    model.thinking === 'level'
      ? { thinkingLevel: levelOf(String(effort), model) }
      : { thinkingBudget: budget };
  return { includeThoughts: true, ...amount };
}

/** The nearest level that the model has. */
function levelOf(effort: string, { hasMinimalLevel, hasMediumLevel }: GeminiModel): string {
  if (effort === 'minimal') return hasMinimalLevel ? 'minimal' : 'low';
  if (effort === 'low') return 'low';
  return effort === 'medium' && hasMediumLevel ? 'medium' : 'high';
}

/** Some can't do without: these think as little as they can, and tell nothing of it. */
function withoutThoughts(model: GeminiModel): Json | undefined {
  if (model.thinking === 'none') return undefined;
  const amount =
    model.thinking === 'level'
      ? { thinkingLevel: levelOf('minimal', model) }
      : { thinkingBudget: model.leastBudget };
  return { includeThoughts: false, ...amount };
}
