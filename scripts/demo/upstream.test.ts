import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI, { APIError } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerError } from '../../functions/_shared/http/answer.ts';
import { createDemoUpstream } from './upstream.ts';

const demo = createDemoUpstream({ paceMs: 0, gatewayUrl: 'http://localhost:4321' });
const server = createServer((request, response) => {
  (async () => demo.handle(request, response))().catch((error: unknown) =>
    answerError(response, error),
  );
});
let client: OpenAI;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  client = new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const ask = (content: string) =>
  client.chat.completions.create({ model: 'demo', messages: [{ role: 'user', content }] });

test('code that it shows calls the gateway where it is', async () => {
  const { choices } = await ask('Show me some code');
  expect(choices[0]?.message.content).toContain('base_url="http://localhost:4321/v1"');
});

test.each([
  ['/error 400', 400, 'invalid_request_error'],
  ['/error 429', 429, 'requests'],
  ['/error 503', 503, 'server_error'],
])('%s fails as OpenAI does', async (question, status, type) => {
  const error = await ask(question).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(APIError);
  expect(error).toMatchObject({ status, type });
});
