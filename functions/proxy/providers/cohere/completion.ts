import { GatewayError, type GatewayErrorDetails } from '../../../_shared/errors.ts';
import type { Completion } from '../adapter.ts';
import { isObject, type Json } from '../json.ts';
import { buildChoices, type FinishReason, type Said } from '../openai-answer.ts';
import { readLogprobs } from './logprobs.ts';
import { readChatUsage } from './usage.ts';

const finishReasons: Record<string, FinishReason> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool_calls',
};

/** What Cohere says in place of a reason where it could not go on; its HTTP status is 200. */
const failures: Record<string, GatewayErrorDetails> = {
  ERROR: { status: 500 },
  TIMEOUT: { status: 504, upstreamCode: 'upstream_timeout' },
};

/** Throws what `code` says where the answer is none. */
export function finishReason(
  given: unknown,
  why: unknown,
  code: 'upstream' | 'upstream_interrupted',
): FinishReason {
  const details = failures[String(given)];
  if (!details) return finishReasons[String(given)] ?? 'stop';
  const message = typeof why === 'string' && why !== '' ? why : `Cohere ended with ${given}.`;
  throw new GatewayError(code, message, details);
}

/** Cohere's answer as OpenAI's completion. */
export function translateCompletion(answer: Json): Completion {
  const { message } = answer;
  if (!isObject(message)) {
    const start = JSON.stringify(answer).slice(0, 200);
    throw new GatewayError('upstream', `The upstream's answer has no message: ${start}`);
  }
  const reason = finishReason(answer.finish_reason, answer.error, 'upstream');
  return buildChoices({
    id: typeof answer.id === 'string' ? answer.id : '',
    choices: [
      { said: readMessage(message), finishReason: reason, logprobs: readLogprobs(answer.logprobs) },
    ],
    tokens: readChatUsage(answer.usage),
  });
}

/** Sources of citations are Cohere's alone, and are left out. */
function readMessage({ content, tool_plan, tool_calls }: Json): Said {
  const parts = Array.isArray(content) ? content.filter(isObject) : [];
  const of = (type: string) =>
    parts
      .filter((part) => part.type === type)
      .map((part) => String(part[type] ?? ''))
      .join('');
  const calls = Array.isArray(tool_calls) ? tool_calls.filter(isObject) : [];
  const toolCalls = calls.map(({ id, function: called }) => ({
    id: String(id),
    name: String(isObject(called) ? called.name : ''),
    arguments: String((isObject(called) ? called.arguments : null) || '{}'),
  }));
  const text = typeof content === 'string' ? content : of('text');
  const plan = typeof tool_plan === 'string' ? tool_plan : '';
  return {
    content: text === '' && toolCalls.length > 0 ? null : text,
    reasoning: of('thinking') + plan,
    toolCalls,
  };
}
