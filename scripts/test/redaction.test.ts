import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rowOf } from './books.ts';
import { type Stack, startStack } from './stack.ts';

const secrets = {
  email: 'jo.secret@example.com',
  card: '4111 1111 1111 1111',
  iban: 'DE89 3704 0044 0532 0130 00',
  token: `sk-${'aB3dE6gH9'.repeat(5)}`,
  employee: 'EMP-471147',
};
const prompt = `canary-of-the-prompt: ${Object.values(secrets).join(', ')} and a 👋`;
const answered = `canary-of-the-answer: ${Object.values(secrets).join('; ')}`;

let upstream: Server;
let stack: Stack;
/** The bodies that came to the upstream. */
const asked: string[] = [];

/** An upstream that answers what a secret-keeper should not, whole, in a stream or as an error. */
function startUpstream(): Server {
  return createServer(async (request, response) => {
    const body = await text(request);
    asked.push(body);
    const { model, stream } = JSON.parse(body) as { model: string; stream?: boolean };
    const head = { id: 'chatcmpl-1', created: 1750000000, model };
    const usage = { prompt_tokens: 40, completion_tokens: 40, total_tokens: 80 };
    if (model === 'refuses') {
      response.writeHead(400, { 'content-type': 'application/json' });
      const error = { message: `We do not like ${answered}`, type: 'invalid_request_error' };
      response.end(JSON.stringify({ error }));
    } else if (stream) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      // Cut within a secret: only what is assembled can be redacted.
      for (const content of [answered.slice(0, 30), answered.slice(30)]) {
        const choices = [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }];
        response.write(`data: ${JSON.stringify({ ...head, choices })}\n\n`);
      }
      const choices = [{ index: 0, delta: {}, finish_reason: 'stop' }];
      response.write(`data: ${JSON.stringify({ ...head, choices, usage })}\n\n`);
      response.end('data: [DONE]\n\n');
    } else {
      const message = { role: 'assistant', content: answered };
      const choices = [{ index: 0, message, finish_reason: 'stop' }];
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage }));
    }
  });
}

beforeAll(async () => {
  upstream = startUpstream().listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const { port } = upstream.address() as AddressInfo;
  const entry = (name: string) => ({
    model_name: name,
    litellm_params: {
      model: name,
      custom_llm_provider: 'custom_openai',
      api_base: `http://127.0.0.1:${port}/v1`,
      input_cost_per_token: 0.000001,
      output_cost_per_token: 0.000001,
    },
  });
  stack = await startStack({
    parts: ['broker', 'proxy', 'ingest'],
    env: { ALERT_MIN_CALLS: '1000000' },
    config: {
      model_list: [entry('answers'), entry('refuses')],
      redaction: {
        apply: ['email', 'card', 'iban', 'token', 'employee'],
        patterns: { employee: '\\bEMP-\\d{6}\\b' },
        timeout: 30,
      },
    },
  });
});
afterAll(async () => {
  await stack?.end();
  upstream?.close();
});

async function ask(model: string, more: object = {}, headers: Record<string, string> = {}) {
  const answer = await fetch(`${stack.proxy.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { ...stack.proxy.headers, ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: prompt }], ...more }),
  });
  const said = await answer.text();
  const row = await rowOf(stack, answer.headers.get('x-litellm-call-id') ?? '');
  return { status: answer.status, said, row };
}

const secretsIn = (value: unknown) => {
  const json = typeof value === 'string' ? value : JSON.stringify(value);
  return Object.values(secrets).filter((secret) => json.includes(secret));
};
const all = Object.values(secrets);

describe('the books of a gateway that redacts', () => {
  test.each([
    ['whole', {}],
    ['streamed', { stream: true }],
  ])('hold no secret of a call that was answered %s; its two ends see all', async (_, more) => {
    const { said, row } = await ask('answers', more);
    const content = [...said.matchAll(/"content":"((?:[^"\\]|\\.)*)"/g)].map(([, part]) => part);
    expect(content.join('')).toBe(answered);
    expect(secretsIn(asked.at(-1))).toEqual(all);
    expect(secretsIn(row)).toEqual([]);
    expect(row).toMatchObject({
      request: {
        messages: [
          {
            content:
              'canary-of-the-prompt: [REDACTED:email], [REDACTED:card], [REDACTED:iban], [REDACTED:token], [REDACTED:employee] and a 👋',
          },
        ],
      },
      bodies_withheld: 'redacted: 2 email, 2 card, 2 iban, 2 token, 2 employee',
      cost_nanos: 80_000,
    });
    expect(JSON.stringify(row.response)).toContain('canary-of-the-answer: [REDACTED:email]');
  });

  test('hold no secret of an error, which the client sees as it is', async () => {
    const { status, said, row } = await ask('refuses');
    expect(status).toBe(400);
    expect(secretsIn(said)).toEqual(all);
    expect(secretsIn(row)).toEqual([]);
    expect(row.error?.message).toContain('We do not like canary-of-the-answer: [REDACTED:email]');
  });

  test.each([
    ['no-log', { 'no-log': true }, {}],
    ['x-litellm-enable-message-redaction', {}, { 'x-litellm-enable-message-redaction': 'true' }],
  ])('hold no body of a call that said %s, but its cost', async (name, more, headers) => {
    const { status, row } = await ask('answers', more, headers as Record<string, string>);
    expect(status).toBe(200);
    expect(row).toMatchObject({
      request: null,
      response: null,
      bodies_withheld: `the request said ${name}`,
      cost_nanos: 80_000,
    });
    expect(asked.at(-1)).not.toContain('no-log');
  });

  test('hold no body of a refused call that said no-log', async () => {
    const { status, row } = await ask('answers', { 'no-log': true, messages: 'none' });
    expect(status).toBe(400);
    expect(row).toMatchObject({ request: null, bodies_withheld: 'the request said no-log' });
  });

  test('have no secret anywhere on disk, the outbox included', () => {
    const files = readdirSync(stack.dataFolder).filter((name) => name.includes('.db'));
    expect(files).toContain('outbox.db');
    const bytes = files
      .map((name) => readFileSync(join(stack.dataFolder, name), 'latin1'))
      .join('');
    // What was delivered is gone, but SQLite leaves its bytes in the file: this would find them.
    expect(bytes).toContain('canary-of-the-prompt');
    expect(secretsIn(bytes)).toEqual([]);
  });
});
