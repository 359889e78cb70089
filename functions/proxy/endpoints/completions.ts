import { z } from 'zod';
import type { Api } from '../api.ts';
import { isFinished } from '../cache/finished.ts';
import { readOpenAiUsage } from '../providers/openai-usage.ts';
import { commonMembers } from '../request.ts';
import { createTextRelay } from '../stream/text-relay.ts';
import { nativeWay } from '../ways/native.ts';

const tokens = z.array(z.number().int().min(0)).max(1_000_000);

const completionsRequest = z.looseObject({
  ...commonMembers,
  prompt: z.union(
    [z.string(), z.array(z.string()).max(10_000), tokens, z.array(tokens).max(10_000)],
    {
      error: 'expected a string, an array of strings, of tokens, or of arrays of tokens',
    },
  ),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.number().int().min(1).max(128).nullish(),
  max_tokens: z.number().int().min(0).nullish(),
});
type CompletionsRequest = z.infer<typeof completionsRequest>;

/** OpenAI's API before chat. */
export const completions: Api<CompletionsRequest> = {
  method: 'POST',
  endpoint: '/v1/completions',
  operation: 'text_completion',
  summary: 'The older completion of a text, plain or streamed.',
  schema: completionsRequest,
  prompt: ({ prompt }) => (typeof prompt === 'string' ? prompt : prompt.flat().join(' ')),
  keeping: { callTypes: ['text_completion', 'atext_completion'], isWorthIt: isFinished },
  begin(question, target) {
    const { asked } = question;
    const wantsUsage = asked.stream_options?.include_usage === true;
    return nativeWay(withUsage(question), target, {
      path: '/completions',
      member: 'choices',
      read: (given) => ({
        tokens: readOpenAiUsage(given.usage ?? null),
        ...firstChoice(given.choices),
      }),
      relay: (options) => createTextRelay({ ...options, model: asked.model, wantsUsage }),
    });
  },
};

type Asks = Parameters<NonNullable<typeof completions.begin>>[0];

/** A stream is always asked to tell its usage; it is held back from who did not ask. */
function withUsage(question: Asks): Asks {
  const { asked } = question;
  if (!asked.stream || asked.stream_options?.include_usage) return question;
  const stream_options = { ...asked.stream_options, include_usage: true };
  const changed = { ...asked, stream_options };
  return { ...question, asked: changed, text: JSON.stringify(changed) };
}

function firstChoice(choices: unknown) {
  const [choice] = Array.isArray(choices) ? choices : [];
  const { text = '', finish_reason: reason = null } = (choice ?? {}) as Record<string, unknown>;
  return {
    finishReason: typeof reason === 'string' ? reason : null,
    completion: () => String(text),
  };
}
