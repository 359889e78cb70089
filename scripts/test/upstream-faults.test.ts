import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ErrorBody } from '../../functions/_shared/errors.ts';
import { allRows, rowOf } from './books.ts';
import { type BehaviourName, behaviourNames, startFaultyUpstream } from './faulty-upstream.ts';
import { type Stack, startStack } from './stack.ts';

const impatient = { timeout: 0.5 };

/** What a deployment is set to beside its model's name. */
const settings: Partial<Record<BehaviourName, object>> = {
  'is-silent': impatient,
  'is-silent-after-head': { stream_timeout: 0.5 },
  'falls-silent': { stream_timeout: 0.5 },
  'hangs-after-done': { stream_timeout: 60 },
};

const usual = {
  timeout: 60,
  input_cost_per_token: 0.000001,
  output_cost_per_token: 0.000002,
};

let upstream: Awaited<ReturnType<typeof startFaultyUpstream>>;
let stack: Stack;

beforeAll(async () => {
  upstream = await startFaultyUpstream();
  const entry: typeof upstream.entry = (name, model, more) =>
    upstream.entry(name, model, { ...usual, ...more });
  stack = await startStack({
    parts: ['broker', 'proxy', 'ingest'],
    // Every call here fails; that is no news.
    env: { ALERT_MIN_CALLS: '1000000', MAX_BODY_BYTES: String(64 * 1024) },
    config: {
      // What one failure is, is told here; what is done about it, in routing.test.ts.
      router_settings: { num_retries: 0 },
      model_list: [
        ...behaviourNames.map((name) => entry(name, name, settings[name])),
        // Port 9 is for discarding, and nobody does it.
        entry('is-down', 'answers', { api_base: 'http://127.0.0.1:9/v1' }),
        entry('takes-too-long', 'goes-on-for-ever', impatient),
        entry('is-patient', 'is-silent'),
      ],
    },
  });
});
afterAll(async () => {
  await stack?.end();
  upstream?.close();
});

const messages = [{ role: 'user', content: 'Count to two.' }];

function ask(model: string, more: object = {}, signal?: AbortSignal): Promise<Response> {
  return fetch(`${stack.proxy.url}/v1/chat/completions`, {
    method: 'POST',
    headers: stack.proxy.headers,
    body: JSON.stringify({ model, messages, ...more }),
    ...(signal === undefined ? {} : { signal }),
  });
}

const callIdOf = (answer: Response) => answer.headers.get('x-litellm-call-id') ?? '';

const rowsOf = async (model: string) => (await allRows(stack)).filter((row) => row.model === model);

/** The events of a stream, each as its data. */
const eventsOf = (text: string) =>
  text
    .split('\n\n')
    .filter(Boolean)
    .map((event) => event.replace(/^data: /, ''));

interface Failure {
  status: number;
  type?: string;
  code: string;
  param?: string;
  retryAfter?: string;
  message?: RegExp;
}

const plainFailures: [string, Failure][] = [
  ['is-down', { status: 502, code: 'upstream_unreachable', message: /ECONNREFUSED/ }],
  ['hangs-up', { status: 502, code: 'upstream_unreachable' }],
  ['no-http', { status: 502, code: 'upstream_unreachable' }],
  ['is-silent', { status: 504, type: 'timeout_error', code: 'upstream_timeout' }],
  ['cuts-body', { status: 502, code: 'upstream_interrupted' }],
  ['html-502', { status: 502, code: 'upstream_error', message: /text\/html.*Bad gateway nginx/ }],
  ['html-200', { status: 502, code: 'upstream_error', message: /text\/html.*Bad gateway nginx/ }],
  ['no-json', { status: 502, code: 'upstream_error' }],
  ['no-choices', { status: 502, code: 'upstream_error', message: /no choices/ }],
  ['json-array', { status: 502, code: 'upstream_error', message: /no choices/ }],
  ['too-large', { status: 502, code: 'upstream_error', message: /over the limit of 65536/ }],
  ['redirect', { status: 502, code: 'upstream_error', message: /redirect.*api_base/ }],
  [
    'bad-request',
    { status: 400, type: 'invalid_request_error', code: 'unsupported_value', param: 'n' },
  ],
  ['wrong-key', { status: 401, type: 'invalid_request_error', code: 'invalid_api_key' }],
  ['rate-limit', { status: 429, type: 'requests', code: 'rate_limit_exceeded', retryAfter: '7' }],
  ['fails', { status: 500, type: 'server_error', code: 'upstream_error' }],
  ['fails-with-nothing', { status: 500, code: 'upstream_error' }],
  ['overloaded', { status: 503, code: 'upstream_error', retryAfter: '2', message: /Too busy/ }],
  ['error-in-200', { status: 502, type: 'server_error', code: 'overloaded' }],
];

/** Streams that fail before anything of them was sent on. */
const streamFailures: [string, Failure][] = [
  ['is-silent-after-head', { status: 504, type: 'timeout_error', code: 'upstream_timeout' }],
  ['cuts-stream-at-once', { status: 502, code: 'upstream_interrupted' }],
  ['ends-stream-at-once', { status: 502, code: 'upstream_interrupted' }],
  ['sends-only-done', { status: 502, code: 'upstream_interrupted' }],
  ['error-first-in-stream', { status: 502, type: 'server_error', code: 'no_engine' }],
];

describe.each([
  ['a plain call', false, plainFailures],
  ['a stream', true, [...plainFailures, ...streamFailures]],
] as const)('%s to an upstream that fails', (_, stream, failures) => {
  test.each(failures)('by what it does: %s', async (model, failure) => {
    const answer = await ask(model, { stream });
    const { error } = (await answer.json()) as ErrorBody;
    const { status, type = 'upstream_error', code, param = null, retryAfter = null } = failure;
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect({ status: answer.status, retryAfter: answer.headers.get('retry-after') }).toEqual({
      status,
      retryAfter,
    });
    expect(error).toEqual({ type, code, param, message: expect.any(String) });
    expect(error.message).toMatch(failure.message ?? /\w/);
    expect(error.message).not.toMatch(/[<>]|\bat \S+:\d+:\d+/);
    expect(await rowOf(stack, callIdOf(answer))).toMatchObject({
      model,
      stream,
      status: 'failure',
      http_status: status,
      error: { type, code, message: error.message },
      provider: 'custom_openai',
      attempts: [{ error: { code } }],
    });
  });
});

test('an upstream that says until when is asked to be left alone so long', async () => {
  const answer = await ask('rate-limit-until');
  expect(answer.status).toBe(429);
  const seconds = Number(answer.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(30);
  expect(seconds).toBeLessThanOrEqual(60);
});

describe('a stream that fails in its middle', () => {
  test.each([
    ['cuts-stream', 'upstream_interrupted', 'upstream_error'],
    ['cuts-event', 'upstream_interrupted', 'upstream_error'],
    ['ends-stream-early', 'upstream_interrupted', 'upstream_error'],
    ['no-json-in-stream', 'upstream_interrupted', 'upstream_error'],
    ['error-in-stream', 'engine_dead', 'server_error'],
    ['falls-silent', 'upstream_timeout', 'timeout_error'],
    ['takes-too-long', 'upstream_timeout', 'timeout_error'],
  ])('by what goes wrong: %s', async (model, code, type) => {
    const answer = await ask(model, { stream: true });
    expect(answer.status).toBe(200);
    const events = eventsOf(await answer.text());
    expect(events.slice(0, 2).join()).toContain('"content":"One"');
    expect(events).not.toContain('[DONE]');
    const { error } = JSON.parse(events.at(-1) ?? '') as ErrorBody;
    expect(error).toEqual({ type, code, param: null, message: expect.stringMatching(/\w/) });
    const row = await rowOf(stack, callIdOf(answer));
    expect(row).toMatchObject({
      model,
      stream: true,
      status: 'interrupted',
      http_status: 200,
      error: { type, code, message: error.message },
      finish_reason: null,
      tokens_source: 'tokenizer',
      response: { choices: [{ message: { content: expect.stringMatching(/^One/) } }] },
    });
    expect(row.tokens.input).toBeGreaterThan(0);
    expect(row.tokens.output).toBeGreaterThan(0);
    expect(row.cost_nanos).toBe(row.tokens.input * 1000 + row.tokens.output * 2000);
  });
});

describe('a stream that is whole', () => {
  test.each([
    ['answers', 'upstream'],
    ['tells-no-usage', 'tokenizer'],
    ['claims-too-much', 'tokenizer'],
    ['sends-no-done', 'upstream'],
    ['hangs-after-done', 'upstream'],
    ['cuts-after-done', 'upstream'],
  ])('ends with [DONE] though the upstream %s', async (model, tokens_source) => {
    const answer = await ask(model, { stream: true });
    const events = eventsOf(await answer.text());
    expect(events.at(-1)).toBe('[DONE]');
    expect(await rowOf(stack, callIdOf(answer))).toMatchObject({
      status: 'success',
      http_status: 200,
      error: null,
      finish_reason: 'stop',
      tokens_source,
      response: { choices: [{ message: { content: 'One two.' } }] },
    });
  });
});

describe('a client that goes away', () => {
  test('in mid-stream: the upstream is let go within a second, what was spent is booked', async () => {
    const leaving = new AbortController();
    const answer = await ask('goes-on-for-ever', { stream: true }, leaving.signal);
    await answer.body?.getReader().read();
    const call = upstream.calls.at(-1)!;
    const leftAt = performance.now();
    leaving.abort();
    expect((await call.closed) - leftAt).toBeLessThan(1000);
    const row = await rowOf(stack, callIdOf(answer));
    expect(row).toMatchObject({
      status: 'interrupted',
      http_status: 499,
      error: { code: 'client_closed_request' },
      tokens_source: 'tokenizer',
      response: { choices: [{ message: { content: expect.stringMatching(/^One/) } }] },
      attempts: [{ status: 'interrupted' }],
    });
    expect(row.tokens.input).toBeGreaterThan(0);
    expect(row.tokens.output).toBeGreaterThan(0);
    expect(row.cost_nanos).toBeGreaterThan(0);
  });

  test.each([
    ['a plain call', false],
    ['a stream', true],
  ])('before %s is answered: the same, with what was asked', async (_, stream) => {
    const before = (await rowsOf('is-patient')).length;
    const leaving = new AbortController();
    const asked = ask('is-patient', { stream }, leaving.signal);
    const call = await vi.waitUntil(() =>
      upstream.calls.find(({ model, isOpen }) => model === 'is-silent' && isOpen),
    );
    const leftAt = performance.now();
    leaving.abort();
    await expect(asked).rejects.toThrow(/abort/);
    expect((await call.closed) - leftAt).toBeLessThan(1000);
    const rows = await vi.waitUntil(async () => {
      const rows = await rowsOf('is-patient');
      return rows.length > before && rows;
    });
    expect(rows[0]).toMatchObject({ stream, status: 'interrupted', http_status: 499 });
    expect(rows[0]?.tokens.input).toBeGreaterThan(0);
    expect(rows[0]?.tokens.output).toBe(0);
    expect(rows[0]?.cost_nanos).toBeGreaterThan(0);
  });
});
