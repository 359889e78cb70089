import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { GatewayError } from '../../functions/_shared/errors.ts';
import { answerJson } from '../../functions/_shared/http/answer.ts';
import { parseJson, readBody } from '../../functions/_shared/http/body.ts';
import { createRouter } from '../../functions/_shared/http/router.ts';
import type { FunctionApp } from '../../functions/_shared/serve.ts';
import { answerTo, countTokens, piecesOf } from './answers.ts';

const chat = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
});
type Chat = z.infer<typeof chat>;

const bodyLimit = 32 * 1024 * 1024;

export interface DemoOptions {
  /** Between two pieces of an answer. */
  paceMs: number;
  /** Where people reach the gateway, for answers that tell. */
  gatewayUrl: string;
}

/**
 * An OpenAI-compatible upstream for trying things offline: it answers with text of its own, at a
 * plausible pace, with usage. Some words in the question make it fail (see answers.ts).
 */
export function createDemoUpstream({ paceMs, gatewayUrl }: DemoOptions): FunctionApp {
  async function complete(request: IncomingMessage, response: ServerResponse) {
    const given = chat.safeParse(parseJson(await readBody(request, bodyLimit)));
    if (!given.success) throw new GatewayError('invalid_request', 'model and messages are needed.');
    const question = textOf(given.data.messages.at(-1)?.content);
    const asked = /^\/error (\d{3})/.exec(question.trim())?.[1];
    if (asked) throw failure(Number(asked));
    if (question.startsWith('/slow')) await sleep(8000);
    const answer = answerTo(question, gatewayUrl);
    const usage = usageOf(given.data, answer);
    const head = headOf(given.data);
    if (!given.data.stream) {
      await sleep(paceMs * 20);
      const message = { role: 'assistant', content: answer, refusal: null };
      const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }];
      answerJson(response, 200, { ...head, object: 'chat.completion', choices, usage });
      return;
    }
    await stream(response, given.data, head, answer, usage, question.startsWith('/cut'));
  }

  async function stream(
    response: ServerResponse,
    { stream_options }: Chat,
    head: object,
    answer: string,
    usage: object,
    cut: boolean,
  ) {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    const wanted = stream_options?.include_usage ?? false;
    const send = (choices: object[], last?: object) => {
      const chunk = { ...head, object: 'chat.completion.chunk', choices };
      const told = wanted ? { ...chunk, usage: last ?? null } : chunk;
      response.write(`data: ${JSON.stringify(told)}\n\n`);
    };
    const delta = (given: object, finish_reason: string | null = null) =>
      send([{ index: 0, delta: given, logprobs: null, finish_reason }]);

    await sleep(paceMs * 10);
    delta({ role: 'assistant', content: '', refusal: null });
    const pieces = piecesOf(answer);
    for (const [index, content] of pieces.entries()) {
      if (response.destroyed) return;
      if (cut && index > pieces.length / 3) {
        response.destroy();
        return;
      }
      delta({ content });
      if (paceMs > 0) await sleep(paceMs);
    }
    delta({}, 'stop');
    if (wanted) send([], usage);
    response.end('data: [DONE]\n\n');
  }

  const routeRequest = createRouter({
    'POST /v1/chat/completions': complete,
    'GET /v1/models': (_request, response) => {
      const data = ['demo', 'demo-large'].map((id) => ({
        id,
        object: 'model',
        created: 1_760_000_000,
        owned_by: 'tallygate-demo',
      }));
      answerJson(response, 200, { object: 'list', data });
    },
  });
  return {
    async handle(request, response) {
      const { handler, params } = routeRequest(request);
      await handler(request, response, params);
    },
    isDirect: () => true,
    ready: async () => ({}),
  };
}

function headOf({ model }: Chat) {
  return {
    id: `chatcmpl-${randomBytes(12).toString('base64url')}`,
    created: Math.floor(Date.now() / 1000),
    model,
    system_fingerprint: null,
  };
}

/** A conversation that goes on has its beginning in the cache, as with real providers. */
function usageOf({ messages }: Chat, answer: string) {
  const counts = messages.map(({ content }) => countTokens(textOf(content)) + 4);
  const prompt = counts.reduce((sum, count) => sum + count, 3);
  const earlier = counts.slice(0, -1).reduce((sum, count) => sum + count, 0);
  const completion = countTokens(answer);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: messages.length > 1 ? earlier : 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
}

function failure(status: number): GatewayError {
  const message =
    status === 429
      ? 'Rate limit reached for the demo. Try again in 3 s.'
      : 'The demo failed, as asked.';
  return new GatewayError('upstream', message, {
    status: status >= 400 && status < 600 ? status : 500,
    type: status === 429 ? 'requests' : status < 500 ? 'invalid_request_error' : 'server_error',
    upstreamCode: status === 429 ? 'rate_limit_exceeded' : null,
    ...(status === 429 ? { retryAfter: 3 } : {}),
  });
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => String(part?.text ?? '')).join(' ');
}
