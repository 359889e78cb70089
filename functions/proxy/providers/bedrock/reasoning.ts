import type { Ask } from '../adapter.ts';
import { askToThink } from '../anthropic/thinking.ts';
import type { Json } from '../json.ts';
import type { Refuse } from '../unsupported.ts';
import type { ModelFamily } from './model-family.ts';

interface Reasoning {
  /** For `additionalModelRequestFields`. */
  fields: Json;
  /** For `outputConfig`. */
  effort?: string;
  /** Null: as many as the model can. */
  maxTokens: number | null;
  isThinking: boolean;
}

/** Both know three efforts only. */
const efforts: Record<string, string> = {
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
};

/** `reasoning_effort`, and Claude's own `thinking`, in the model's way. */
export function askToReason(ask: Ask, family: ModelFamily, refuse: Refuse): Reasoning {
  const { reasoning_effort: asked, thinking: own, max_tokens, max_completion_tokens } = ask.chat;
  const maxTokens = max_completion_tokens ?? max_tokens ?? null;
  if (family.claude) {
    const { thinking, effort, max_tokens: beside } = askToThink(ask, family.claude, refuse);
    if (thinking === undefined) return { fields: {}, maxTokens, isThinking: false };
    return {
      fields: { thinking },
      ...(effort === undefined ? {} : { effort }),
      // A budget has to be below the limit, so there has to be one.
      maxTokens: beside,
      isThinking: JSON.stringify(thinking) !== '{"type":"disabled"}',
    };
  }
  const plain = { fields: own == null ? {} : { thinking: own }, maxTokens, isThinking: false };
  if (asked == null || asked === 'none') return plain;
  const effort = efforts[String(asked)];
  if (family.effort === null || effort === undefined) {
    refuse('reasoning_effort', family.effort ? 'with this value' : 'for this model');
    return plain;
  }
  const fields =
    family.effort === 'nova'
      ? { reasoningConfig: { type: 'enabled', maxReasoningEffort: effort } }
      : { reasoning_effort: effort };
  return { fields, maxTokens, isThinking: true };
}
