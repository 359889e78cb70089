import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GatewayError } from '../../_shared/errors.ts';
import { type Call, openCall } from '../call.ts';
import { chatCompletions } from '../endpoints/chat-completions.ts';
import { read } from './read.ts';

const limit = 1024;
const server = createServer();
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => server.close());

/** A call whose body came over a socket, and what the step made of it. */
async function readBodyOf(body: string | Buffer, headers: Record<string, string> = {}) {
  const { port } = server.address() as AddressInfo;
  const came = once(server, 'request');
  const client = request({ host: '127.0.0.1', port, method: 'POST', headers }).end(body);
  client.on('error', () => {});
  const [incoming, response] = await came;
  const call: Call = openCall(incoming, response, chatCompletions);
  const failure = await read({ maxBodyBytes: limit })(call, async () => {}).then(
    () => null,
    (error: GatewayError) => error,
  );
  client.destroy();
  return { call, failure };
}

test('a right body is kept as it came, with what is in it', async () => {
  const body = '{ "model": "m", "messages": [{"role":"user","content":"é"}] }';
  const { call, failure } = await readBodyOf(body);
  expect(failure).toBeNull();
  expect(call).toMatchObject({ text: body, model: 'm', asked: { model: 'm' } });
});

test('of a refused body the books are to have what was asked', async () => {
  const body = '{"model":"m","messages":"none"}';
  const { call, failure } = await readBodyOf(body);
  expect(failure).toMatchObject({ status: 400, details: { param: 'messages' } });
  expect(call).toMatchObject({ text: body, model: 'm', asked: null });
});

test.each([
  ['no JSON', 'model=m', 400],
  ['no object', '["m"]', 400],
  [
    'what is nested too deep to be booked',
    `{"model":"m","x":${'['.repeat(400)}${']'.repeat(400)}}`,
    400,
  ],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 400],
  ['nothing', '', 400],
  ['more than the limit', `{"model":"${'m'.repeat(limit)}"}`, 413],
])('%s is refused and not kept', async (_, body, status) => {
  const { call, failure } = await readBodyOf(body);
  expect(failure?.status).toBe(status);
  expect(call).toMatchObject({ text: null, model: '', asked: null });
});

test.each([
  ['true', true],
  ['"true"', true],
  ['1', true],
  ['false', false],
  ['null', false],
])('no-log: %s is heard, in a refused body too', async (value, noLog) => {
  const { call } = await readBodyOf(`{"model":"m","messages":"none","no-log":${value}}`);
  expect(call).toMatchObject({ asked: null, noLog });
});

test('a model’s name is no way to fill the books', async () => {
  const { call } = await readBodyOf(JSON.stringify({ model: 'm'.repeat(700) }));
  expect(call.model).toHaveLength(512);
});

test('a compressed body is refused, saying what to send', async () => {
  const { failure } = await readBodyOf('x', { 'content-encoding': 'gzip' });
  expect(failure).toMatchObject({ status: 415, message: expect.stringContaining('plain JSON') });
});
