import { GatewayError } from '../../_shared/errors.ts';
import type { Whole } from '../api.ts';
import { isObject } from '../providers/json.ts';
import { describeForeign, readErrorObject } from '../providers/openai-error.ts';
import { readOpenAiUsage } from '../providers/openai-usage.ts';
import { createAssembler } from '../stream/assemble.ts';
import { asChunk } from '../stream/pieces.ts';

/** OpenAI's completion object, as far as we look into it. */
export interface CompletionLike {
  id?: unknown;
  model?: unknown;
  usage?: unknown;
  error?: unknown;
  choices?: { finish_reason?: unknown; message?: unknown; text?: unknown }[];
  [name: string]: unknown;
}

/** What an upstream answered as an object. Throws `upstream`, with what it was. */
export function parseAnswer(
  raw: string,
  { status, contentType }: { status: number; contentType: string },
): Record<string, unknown> {
  try {
    const given: unknown = JSON.parse(raw);
    if (typeof given === 'object' && given !== null) return given as Record<string, unknown>;
  } catch {
    // Told below, with what it was.
  }
  throw new GatewayError('upstream', describeForeign(status, contentType, raw));
}

export function checkCompletion(completion: CompletionLike, raw: string): CompletionLike {
  // Some upstreams answer 200 with an error inside.
  if (completion.error != null && completion.choices === undefined) {
    throw readErrorObject(completion.error, 'upstream');
  }
  if (!Array.isArray(completion.choices)) {
    const start = raw.slice(0, 200);
    throw new GatewayError('upstream', `The upstream's answer has no choices: ${start}`);
  }
  return completion;
}

/** `sent` is what the client gets of it. */
export function tellCompletion(completion: CompletionLike, sent: string): Whole {
  const choice = completion.choices?.[0];
  const reason = choice?.finish_reason;
  return {
    body: completion,
    text: sent,
    sent,
    tokens: readOpenAiUsage(completion.usage ?? null),
    responseId: typeof completion.id === 'string' ? completion.id : null,
    finishReason: typeof reason === 'string' ? reason : null,
    completion: () => textIn(completion),
  };
}

/** What the model wrote, for counting: the same whether it is streamed or not. */
function textIn({ choices = [] }: CompletionLike): string {
  return choices
    .filter(isObject)
    .map((choice) => {
      const assembler = createAssembler();
      assembler.add(asChunk({ choices: [choice] }));
      return typeof choice.text === 'string' ? choice.text : assembler.text();
    })
    .join('');
}
