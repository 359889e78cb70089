import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Served, serve } from '../_shared/serve.ts';
import { createLogger, createMetrics } from '../_shared/telemetry.ts';
import { createChat } from './chat.ts';

export const apiKey = 'sk-a-key-for-the-tests-only';
export const callId = '019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4a5b';

/** What the stand-in for the proxy was asked. */
export interface Asked {
  path: string;
  authorization: string | undefined;
  body: Record<string, unknown>;
  /** Resolves when the caller has gone, or has its answer. */
  closed: Promise<unknown>;
}

export interface Running {
  url: string;
  asked: Asked[];
  /** How the stand-in answers from now on. */
  answerWith(answer: Answer): void;
  post(body: unknown, init?: RequestInit): Promise<Response>;
  stop(): Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** The chat on its true host, before a stand-in that answers as the proxy was seen to. */
export async function startChat({
  dashboardUrl,
}: {
  dashboardUrl?: string;
} = {}): Promise<Running> {
  const asked: Asked[] = [];
  let answer: Answer = answerWhole;
  const proxy = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    asked.push({
      path: request.url ?? '',
      authorization: request.headers.authorization,
      body: body === '' ? {} : JSON.parse(body),
      closed: once(response, 'close'),
    });
    await answer(request, response);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;

  const folder = mkdtempSync(join(tmpdir(), 'tallygate-chat-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Tallygate chat</title>');
  const served = await serveChat({ proxyUrl: `http://127.0.0.1:${port}`, dashboardUrl, folder });
  const url = `http://127.0.0.1:${served.port}`;
  return {
    url,
    asked,
    answerWith(given) {
      answer = given;
    },
    post: (body, init = {}) =>
      fetch(`${url}/api/chat`, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...init,
        headers: { 'content-type': 'application/json', ...init.headers },
      }),
    async stop() {
      await served.stop();
      proxy.closeAllConnections();
      proxy.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function serveChat({
  proxyUrl,
  dashboardUrl,
  folder,
}: {
  proxyUrl: string;
  dashboardUrl: string | undefined;
  folder: string;
}): Promise<Served> {
  const logger = createLogger('chat', 'silent');
  const model = 'custom-llm';
  const chat = { proxyUrl, proxyApiKey: apiKey, dashboardUrl, model, pages: folder, logger };
  return serve(createChat(chat), {
    name: 'chat',
    port: 0,
    maxBodyBytes: 20 * 1024 * 1024,
    graceSeconds: 1,
    logger,
    metrics: createMetrics(),
  });
}

const head = { id: 'chatcmpl-8Qx', created: 1_764_000_000, model: 'custom-llm' };
const usage = {
  prompt_tokens: 21,
  completion_tokens: 5,
  total_tokens: 26,
  prompt_tokens_details: { cached_tokens: 8, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 2, audio_tokens: 0 },
};
const replyHeaders = {
  'x-litellm-call-id': callId,
  'x-litellm-model-id': 'b1f0c3',
  'x-litellm-model-group': 'custom-llm',
};

export const answerWhole: Answer = (_request, response) => {
  const message = { role: 'assistant', content: 'Five tallies.', refusal: null };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }];
  response.writeHead(200, {
    'content-type': 'application/json',
    ...replyHeaders,
    'x-litellm-response-cost': '0.0000164',
  });
  response.end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage }));
};

const chunk = (delta: object, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    usage: null,
  })}\n\n`;

/** The head and the first words of a streamed answer. */
export function beginStream(response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
    ...replyHeaders,
  });
  response.write(chunk({ role: 'assistant', content: '', refusal: null }));
  response.write(chunk({ reasoning_content: 'Count them.' }));
  response.write(chunk({ content: 'Five' }));
}

export const answerStream: Answer = (_request, response) => {
  beginStream(response);
  response.write(chunk({ content: ' tallies.' }) + chunk({}, 'stop'));
  const told = { ...usage, cost: 0.0000164 };
  const last = { ...head, object: 'chat.completion.chunk', choices: [], usage: told };
  response.end(`data: ${JSON.stringify(last)}\n\ndata: [DONE]\n\n`);
};

export const fail =
  (status: number, error: object, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(status, {
      'content-type': 'application/json',
      'x-litellm-call-id': callId,
      ...headers,
    });
    response.end(JSON.stringify({ error }));
  };
