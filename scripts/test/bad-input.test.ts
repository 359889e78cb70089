import { request } from 'node:http';
import { connect } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ErrorBody } from '../../functions/_shared/errors.ts';
import { allRows, rowOf, untilDelivered } from './books.ts';
import { masterKey, type Stack, startStack } from './stack.ts';

const bodyLimit = 64 * 1024;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    parts: ['upstream', 'broker', 'proxy', 'ingest'],
    env: { MAX_BODY_BYTES: String(bodyLimit), ALERT_MIN_CALLS: '1000000' },
  });
});
afterAll(() => stack?.end());

interface Ask {
  method?: string;
  path?: string;
  /** `undefined` takes one of the usual ones away. */
  headers?: Record<string, string | undefined>;
  body?: string | Buffer;
}

/** Sends what it is given, with `node:http`: fetch would refuse to send half of it. */
async function ask({ method = 'POST', path = '/v1/chat/completions', headers, body }: Ask) {
  const { url, headers: usual } = stack.proxy;
  const sent = Object.entries({ ...usual, ...headers }).filter(([, value]) => value !== undefined);
  const sending = request(url, { method, path, headers: Object.fromEntries(sent) });
  const answer = new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      sending.once('error', reject);
      sending.once('response', (response) => {
        const { statusCode: status = 0, headers } = response;
        readText(response).then((text) => resolve({ status, headers, text }), reject);
      });
    },
  );
  sending.end(body);
  return answer;
}

interface Refusal {
  status: number;
  type?: string;
  code?: string;
  param?: string;
  message?: RegExp;
}

async function expectRefusal(given: Ask, refusal: Refusal) {
  const { status, headers, text } = await ask(given);
  const { type = 'invalid_request_error', code = 'invalid_request', param = null } = refusal;
  expect({ status, type: headers['content-type'] }).toEqual({
    status: refusal.status,
    type: 'application/json',
  });
  const { error } = JSON.parse(text) as ErrorBody;
  expect(error).toEqual({ type, code, param, message: expect.any(String) });
  expect(error.message).toMatch(refusal.message ?? /\w{3}/);
  expect(text).not.toMatch(/<\/\w+>|\.(ts|js):\d+|sk-test/);
  return { headers, error };
}

const messages = [{ role: 'user', content: 'Hello' }];
const chat = (given: object) => JSON.stringify({ model: 'custom-llm', messages, ...given });
const long = (bytes: number) => {
  const frame = chat({ messages: [{ role: 'user', content: '' }] }).length;
  return chat({ messages: [{ role: 'user', content: 'x'.repeat(bytes - frame) }] });
};
const megabytes = long(5 * 1024 * 1024);
const chunked = { 'transfer-encoding': 'chunked' };
const deep = '['.repeat(20_000) + ']'.repeat(20_000);
const latin1 = Buffer.from(chat({ user: 'Zoë' }), 'latin1');
const stranger = { authorization: undefined };
const notAllowed = { status: 401, type: 'auth_error', code: 'invalid_api_key' };
const notFound = { status: 404, type: 'not_found_error', code: 'not_found' };
const noModel = { status: 404, type: 'not_found_error', code: 'model_not_found', param: 'model' };
const tooLarge = { status: 413, code: 'request_too_large', message: /65536 bytes.*MAX_BODY_BYTES/ };

/** Calls that are not answered; each is one row in the books. */
const refusedCalls: [string, Ask, Refusal][] = [
  ['bad JSON', { body: '{"model": "custom-llm", ' }, { status: 400, message: /not valid JSON/ }],
  ['a form', { body: 'model=custom-llm' }, { status: 400, message: /not valid JSON/ }],
  ['no body', {}, { status: 400, message: /no body/ }],
  ['bytes that are no UTF-8', { body: latin1 }, { status: 400, message: /UTF-8/ }],
  ['null', { body: 'null' }, { status: 400, message: /object/ }],
  ['a list', { body: '[]' }, { status: 400, message: /object/ }],
  ['JSON without a floor', { body: chat({ deep: 0 }).replace('0', deep) }, { status: 400 }],
  ['gzip', { body: chat({}), headers: { 'content-encoding': 'gzip' } }, { status: 415 }],

  ['no model', { body: JSON.stringify({ messages }) }, { status: 400, param: 'model' }],
  ['an empty model', { body: chat({ model: '' }) }, { status: 400, param: 'model' }],
  ['a number as model', { body: chat({ model: 7 }) }, { status: 400, param: 'model' }],
  ['an endless model', { body: chat({ model: 'm'.repeat(600) }) }, { status: 400, param: 'model' }],
  ['an unknown model', { body: chat({ model: 'gpt-9' }) }, { ...noModel, message: /gpt-9/ }],
  ['a model of every object', { body: chat({ model: '__proto__' }) }, noModel],
  ['a model in half a character', { body: chat({ model: '模\n\ud83d' }) }, noModel],

  ['no messages', { body: '{"model":"custom-llm"}' }, { status: 400, param: 'messages' }],
  [
    'an empty list of messages',
    { body: chat({ messages: [] }) },
    { status: 400, param: 'messages' },
  ],
  ['a text as messages', { body: chat({ messages: 'Hi' }) }, { status: 400, param: 'messages' }],
  ['a null message', { body: chat({ messages: [null] }) }, { status: 400, param: 'messages[0]' }],
  [
    'an unknown role',
    { body: chat({ messages: [{ role: 'robot', content: 'Hi' }] }) },
    { status: 400, param: 'messages[0].role' },
  ],
  [
    'a number as content',
    { body: chat({ messages: [{ role: 'user', content: 5 }] }) },
    { status: 400, param: 'messages[0].content' },
  ],
  ['a text as stream', { body: chat({ stream: 'yes' }) }, { status: 400, param: 'stream' }],
  ['too hot', { body: chat({ temperature: 9 }) }, { status: 400, param: 'temperature' }],
  ['half a token', { body: chat({ max_tokens: 1.5 }) }, { status: 400, param: 'max_tokens' }],

  ['a body one byte too long', { body: long(bodyLimit + 1) }, tooLarge],
  ['megabytes', { body: megabytes }, tooLarge],
  ['megabytes in chunks', { body: megabytes, headers: chunked }, tooLarge],

  ['no key', { body: chat({}), headers: stranger }, { ...notAllowed, message: /Bearer/ }],
  ['no key and no JSON', { body: '{', headers: stranger }, notAllowed],
  ['no key and megabytes', { body: megabytes, headers: stranger }, notAllowed],
  ['a wrong key', { body: chat({}), headers: { authorization: 'Bearer sk-wrong' } }, notAllowed],
  ['another scheme', { body: chat({}), headers: { authorization: 'Basic c2s6' } }, notAllowed],
  ['a wrong x-api-key', { headers: { ...stranger, 'x-api-key': 'sk-wrong' } }, notAllowed],
];

/** Requests that are no calls; they leave no row. */
const refusedRequests: [string, Ask, Refusal][] = [
  ['POST to nowhere', { path: '/v1/nothing', body: '{}' }, notFound],
  ['GET of nothing', { method: 'GET', path: '/v1/nothing' }, notFound],
  ['GET of no percent-encoding', { method: 'GET', path: '/v1/%zz' }, notFound],
  ['GET of an icon', { method: 'GET', path: '/favicon.ico' }, notFound],
  ['megabytes to nowhere', { path: '/v1/nothing', body: megabytes }, notFound],
  ['PUT of megabytes', { method: 'PUT', body: megabytes, headers: chunked }, tooLarge],
  ['an endless URL', { method: 'GET', path: `/${'a'.repeat(20_000)}` }, { status: 431 }],
  [
    'an endless header',
    { body: chat({}), headers: { 'x-a': 'a'.repeat(20_000) } },
    { status: 431 },
  ],
  ['models without a key', { method: 'GET', path: '/v1/models', headers: stranger }, notAllowed],
  ['health without a key', { method: 'GET', path: '/health', headers: stranger }, notAllowed],
  [
    'logs without a key',
    { method: 'GET', path: '/spend/logs?request_id=1', headers: stranger },
    notAllowed,
  ],
  [
    'logs without an id',
    { method: 'GET', path: '/spend/logs' },
    { status: 400, param: 'request_id' },
  ],
  [
    'the store with the master key',
    { path: '/internal/store/v1/requestLogs.list', body: '[]' },
    notAllowed,
  ],
  ['a dead letter that is none', { path: '/internal/events/dead-letters' }, { status: 400 }],
];

describe('a call is refused and booked:', () => {
  test.each(refusedCalls)('%s', async (_, given, refusal) => {
    const { headers, error } = await expectRefusal(given, refusal);
    const row = await rowOf(stack, String(headers['x-litellm-call-id']));
    const { type, code } = error;
    // Half a character is no UTF-8.
    const message = error.message.toWellFormed();
    const { status: http_status } = refusal;
    expect(row).toMatchObject({ status: 'failure', http_status, error: { type, code, message } });
    expect(row).toMatchObject({ cost_nanos: 0, total_tokens: 0, attempts: [] });
    expect(row.key_id === '').toBe(http_status === 401);
  });
});

describe('a request that is no call is refused:', () => {
  test.each(refusedRequests)('%s', async (_, given, refusal) => {
    const { headers } = await expectRefusal(given, refusal);
    expect(headers).not.toHaveProperty('x-litellm-call-id');
  });

  test.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])('%s', async (method) => {
    const { headers } = await expectRefusal(
      { method, body: method === 'PUT' ? '{' : '' },
      { status: 405, code: 'method_not_allowed', message: /use POST/ },
    );
    expect(headers.allow).toBe('POST');
  });

  test('what is not HTTP', async () => {
    const socket = connect(Number(new URL(stack.proxy.url).port), '127.0.0.1');
    socket.write('SSH-2.0-OpenSSH_9.9\r\n\r\n');
    const [head = '', body = ''] = (await readText(socket)).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\ncontent-type: application\/json\r\n/);
    expect(JSON.parse(body)).toMatchObject({ error: { type: 'invalid_request_error' } });
  });
});

describe('a call is taken:', () => {
  test.each([
    ['with x-api-key', { ...stranger, 'x-api-key': masterKey }],
    ['with api-key', { ...stranger, 'api-key': masterKey }],
    ['with a lower-case scheme', { authorization: `bearer ${masterKey}` }],
  ])('%s', async (_, headers) => {
    expect((await ask({ body: chat({}), headers })).status).toBe(200);
  });

  test('with a body just as long as it may be', async () => {
    expect((await ask({ body: long(bodyLimit) })).status).toBe(200);
  });
});

test('a client that goes away in the middle of its body is booked', async () => {
  const { url, headers } = stack.proxy;
  const sending = request(url, {
    method: 'POST',
    path: '/v1/chat/completions',
    headers: { ...headers, 'content-length': '1000', 'user-agent': 'leaves' },
  });
  sending.on('error', () => {});
  sending.write('{"model":', () => sending.destroy());
  const row = await vi.waitUntil(
    async () => (await allRows(stack)).find(({ user_agent }) => user_agent === 'leaves'),
    { timeout: 20_000 },
  );
  expect(row).toMatchObject({ status: 'interrupted', http_status: 499, cost_nanos: 0 });
});

test('each call has one row, other requests have none', async () => {
  const taken = 5;
  await untilDelivered(stack);
  const rows = await allRows(stack);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  expect(rows).toHaveLength(refusedCalls.length + taken);
});
