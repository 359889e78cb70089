import type { Relay, RelayOptions } from '../api.ts';
import { readDataEvents } from '../providers/data-events.ts';
import { isObject } from '../providers/json.ts';
import { readErrorObject } from '../providers/openai-error.ts';
import { readOpenAiUsage, toOpenAiUsage } from '../providers/openai-usage.ts';

interface TextRelayOptions extends RelayOptions {
  model: string;
  wantsUsage: boolean;
}

/** The relay of OpenAI's older completions, whose choices are text. */
export function createTextRelay({ model, wantsUsage, onFirstToken }: TextRelayOptions): Relay {
  let done = false;
  const events = readDataEvents(() => {
    done = true;
  });
  const texts = new Map<number, string[]>();
  const reasons = new Map<number, string>();
  let head: Record<string, unknown> | null = null;
  let usage: unknown = null;

  function take(chunk: Record<string, unknown>): string {
    if (chunk.error != null) throw readErrorObject(chunk.error, 'upstream_interrupted');
    head ??= chunk;
    if (chunk.usage != null) usage = chunk.usage;
    const choices = Array.isArray(chunk.choices) ? chunk.choices.filter(isObject) : [];
    for (const choice of choices) {
      const index = Number(choice.index ?? 0);
      if (typeof choice.finish_reason === 'string') reasons.set(index, choice.finish_reason);
      if (typeof choice.text !== 'string') continue;
      if (texts.size === 0) onFirstToken();
      texts.set(index, [...(texts.get(index) ?? []), choice.text]);
    }
    if (choices.length === 0) return '';
    const { usage: _held, ...rest } = chunk;
    return `data: ${JSON.stringify({ ...(wantsUsage ? { ...rest, usage: null } : rest), model })}\n\n`;
  }

  const indexes = () => [...new Set([...texts.keys(), ...reasons.keys()])].sort((a, b) => a - b);
  const textOf = (index: number) => (texts.get(index) ?? []).join('');
  return {
    push: (bytes) => events(bytes).map(take).join(''),
    get done() {
      return done;
    },
    get whole() {
      return done || (texts.size > 0 && indexes().every((index) => reasons.has(index)));
    },
    end({ tokens }) {
      if (!wantsUsage) return 'data: [DONE]\n\n';
      const told = usage ?? (tokens ? toOpenAiUsage(tokens) : null);
      const chunk = JSON.stringify({ ...head, model, choices: [], usage: told });
      return `data: ${chunk}\n\ndata: [DONE]\n\n`;
    },
    told: {
      get body() {
        if (!head) return null;
        const choices = indexes().map((index) => ({
          index,
          text: textOf(index),
          finish_reason: reasons.get(index) ?? null,
        }));
        return { ...head, model, choices, usage };
      },
      get tokens() {
        return readOpenAiUsage(usage);
      },
      get responseId() {
        return typeof head?.id === 'string' ? head.id : null;
      },
      get finishReason() {
        return reasons.get(0) ?? null;
      },
      completion: () => indexes().map(textOf).join(''),
    },
  };
}
