import { GatewayError } from '../../_shared/errors.ts';
import type { Call } from '../call.ts';
import type { Exchange } from '../providers/adapter.ts';
import { describeForeign, readErrorObject } from '../providers/openai-error.ts';
import { readOpenAiUsage } from '../providers/openai-usage.ts';
import type { UpstreamAnswer } from '../upstream.ts';
import { replyHeaders } from './reply-headers.ts';

interface Completion {
  id?: unknown;
  model?: unknown;
  usage?: unknown;
  error?: unknown;
  choices?: { finish_reason?: unknown; message?: unknown }[];
  [name: string]: unknown;
}

/**
 * Reads an answer that is not streamed, whole, into `call.answer`. Its `model` becomes the name
 * that the client asked for; otherwise the bytes of OpenAI's wire go on as they are.
 */
export async function readAnswer(
  call: Call,
  answer: UpstreamAnswer,
  exchange: Exchange | null,
  limit: number,
): Promise<void> {
  const raw = await answer.text(limit);
  const given = parse(raw, answer);
  const completion: Completion = exchange ? exchange.completion(given) : check(given, raw);
  const { model } = call;
  const isSame = !exchange && completion.model === model;
  const text = isSame ? raw : JSON.stringify({ ...completion, model });
  const choice = completion.choices?.[0];
  const reason = choice?.finish_reason;
  call.answer = {
    body: completion,
    text,
    tokens: readOpenAiUsage(completion.usage ?? null),
    responseId: typeof completion.id === 'string' ? completion.id : null,
    finishReason: typeof reason === 'string' ? reason : null,
    completion: () => JSON.stringify(choice?.message ?? ''),
    finish(cost) {
      const bytes = Buffer.from(text);
      call.response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': bytes.length,
        ...replyHeaders(call, cost),
      });
      call.response.end(bytes);
    },
  };
}

function check(completion: Completion, raw: string): Completion {
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

function parse(raw: string, answer: UpstreamAnswer): Completion {
  try {
    const completion: unknown = JSON.parse(raw);
    if (typeof completion === 'object' && completion !== null) return completion as Completion;
  } catch {
    // Told below, with what it was.
  }
  throw new GatewayError('upstream', describeForeign(answer.status, answer.contentType, raw));
}
