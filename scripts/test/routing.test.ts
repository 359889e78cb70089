import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ErrorBody } from '../../functions/_shared/errors.ts';
import { allRows, rowOf } from './books.ts';
import { type BehaviourName, startFaultyUpstream } from './faulty-upstream.ts';
import { type Stack, startStack } from './stack.ts';

const usual = {
  timeout: 60,
  input_cost_per_token: 0.000001,
  output_cost_per_token: 0.000002,
};

/** Those that answer or fail at once. */
const prompt: BehaviourName[] = [
  ...(['answers', 'sends-no-done', 'hangs-up', 'no-http', 'cuts-body', 'html-502'] as const),
  ...(['html-200', 'no-json', 'no-choices', 'bad-request', 'wrong-key', 'redirect'] as const),
  ...(['fails', 'fails-with-nothing', 'overloaded', 'error-in-200'] as const),
  ...(['cuts-stream-at-once', 'ends-stream-at-once', 'sends-only-done'] as const),
  ...(['error-first-in-stream', 'cuts-stream', 'error-in-stream', 'ends-stream-early'] as const),
];
const singles: BehaviourName[] = [
  ...prompt,
  ...([
    'is-silent',
    'rate-limit',
    'prompt-too-long',
    'prompt-refused',
    'fails-every-other-time',
  ] as const),
];

let upstream: Awaited<ReturnType<typeof startFaultyUpstream>>;
let stack: Stack;

beforeAll(async () => {
  upstream = await startFaultyUpstream();
  const entry = (name: string, model: BehaviourName, id: string, more: object = {}) => ({
    ...upstream.entry(name, model, { ...usual, ...more }),
    model_info: { id },
  });
  /** Two deployments under one name, the first of which is asked first. */
  const pair = (name: string, model: BehaviourName, more: object = {}) => [
    entry(name, model, `${name}-1`, { order: 1, ...more }),
    entry(name, 'answers', `${name}-2`, { order: 2 }),
  ];
  stack = await startStack({
    parts: ['broker', 'proxy', 'ingest'],
    env: { ALERT_MIN_CALLS: '1000000' },
    config: {
      router_settings: {
        num_retries: 1,
        max_fallbacks: 20,
        allowed_fails: 0,
        cooldown_time: 1,
        fallbacks: [{ 'has-a-fallback': ['fails', 'answers'] }, { 'is-slow': ['answers'] }],
        context_window_fallbacks: [{ 'prompt-too-long': ['answers'] }],
        content_policy_fallbacks: [{ 'prompt-refused': ['answers'] }],
        model_group_alias: { 'another-name': 'answers' },
      },
      model_list: [
        ...singles.map((name) => entry(name, name, name)),
        ...pair('retries', 'fails', { cooldown_time: 0 }),
        ...pair('retries-streams', 'cuts-stream-at-once', { cooldown_time: 0 }),
        ...pair('begins-late', 'is-silent-after-head', { stream_timeout: 0.5, cooldown_time: 0 }),
        ...pair('breaks', 'cuts-stream', { cooldown_time: 0 }),
        ...pair('wobbles', 'is-ill-at-times'),
        entry('has-a-fallback', 'overloaded', 'has-a-fallback', { num_retries: 0 }),
        entry('is-slow', 'is-silent', 'is-slow', { timeout: 0.5, num_retries: 0 }),
        entry('wide/*', '*' as BehaviourName, 'wide'),
      ],
    },
  });
});
afterAll(async () => {
  await stack?.end();
  upstream?.close();
});

const messages = [{ role: 'user', content: 'Count to two.' }];

function ask(
  model: string,
  more: object = {},
  { signal, headers = {} }: { signal?: AbortSignal; headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(`${stack.proxy.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { ...stack.proxy.headers, ...headers },
    body: JSON.stringify({ model, messages, ...more }),
    ...(signal === undefined ? {} : { signal }),
  });
}

const rowFor = (answer: Response) => rowOf(stack, answer.headers.get('x-litellm-call-id') ?? '');
const about = (answer: Response, ...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, answer.headers.get(`x-litellm-${name}`)]));

const isWhole = (text: string, stream: boolean) =>
  stream ? text.endsWith('data: [DONE]\n\n') : text.includes('One two.');

describe.each([
  ['a plain call', false],
  ['a stream', true],
])('%s', (_, stream) => {
  test('that fails is tried at another deployment, unseen but for the headers', async () => {
    const answer = await ask('retries', { stream });
    expect(answer.status).toBe(200);
    expect(isWhole(await answer.text(), stream)).toBe(true);
    expect(
      about(answer, 'model-id', 'model-group', 'attempted-retries', 'attempted-fallbacks'),
    ).toEqual({
      'model-id': 'retries-2',
      'model-group': 'retries',
      'attempted-retries': '1',
      'attempted-fallbacks': '0',
    });
    expect(about(answer, 'max-retries', 'max-fallbacks', 'timeout', 'model-api-base')).toEqual({
      'max-retries': '1',
      'max-fallbacks': '20',
      timeout: '60.0',
      'model-api-base': upstream.url,
    });
    expect(await rowFor(answer)).toMatchObject({
      status: 'success',
      http_status: 200,
      error: null,
      deployment_id: 'retries-2',
      upstream_model: 'answers',
      attempts: [
        {
          deployment_id: 'retries-1',
          status: 'failure',
          http_status: 500,
          error: { message: expect.any(String) },
        },
        { deployment_id: 'retries-2', status: 'success', http_status: 200, error: null },
      ],
    });
  });

  test('is tried again at the only deployment, after a while', async () => {
    const answer = await ask('fails-every-other-time', { stream });
    expect(isWhole(await answer.text(), stream)).toBe(true);
    const { attempts } = await rowFor(answer);
    expect(attempts).toMatchObject([{ status: 'failure' }, { status: 'success' }]);
    const [first, second] = attempts;
    expect(second!.started_at - first!.started_at).toBeGreaterThanOrEqual(350);
  });

  test('falls back from model to model', async () => {
    const answer = await ask('has-a-fallback', { stream });
    const text = await answer.text();
    expect(isWhole(text, stream)).toBe(true);
    expect(text).toContain('"model":"has-a-fallback"');
    expect(about(answer, 'model-group', 'attempted-retries', 'attempted-fallbacks')).toEqual({
      'model-group': 'answers',
      'attempted-retries': '1',
      'attempted-fallbacks': '2',
    });
    expect((await rowFor(answer)).attempts.map(({ deployment_id }) => deployment_id)).toEqual([
      'has-a-fallback',
      'fails',
      'fails',
      'answers',
    ]);
  });

  test.each(['prompt-too-long', 'prompt-refused', 'is-slow'])(
    'falls back of what %s',
    async (model) => {
      const answer = await ask(model, { stream });
      expect(isWhole(await answer.text(), stream)).toBe(true);
      expect(about(answer, 'model-id')).toEqual({ 'model-id': 'answers' });
    },
  );

  test('fails with what went wrong last, and the headers of who it was', async () => {
    const answer = await ask('has-a-fallback', { stream, fallbacks: ['fails'], num_retries: 0 });
    expect(answer.status).toBe(500);
    expect(((await answer.json()) as ErrorBody).error.message).toBe('The server had an error.');
    expect(about(answer, 'model-id', 'attempted-retries', 'attempted-fallbacks')).toEqual({
      'model-id': 'fails',
      'attempted-retries': '0',
      'attempted-fallbacks': '1',
    });
    expect(answer.headers.get('x-litellm-overhead-duration-ms')).toMatch(/^\d+\.\d{3}$/);
    expect(await rowFor(answer)).toMatchObject({
      status: 'failure',
      deployment_id: 'fails',
      attempts: [{ http_status: 503 }, { http_status: 500 }],
    });
  });
});

describe('a stream', () => {
  test.each(['retries-streams', 'begins-late'])(
    '%s: before its first chunk another takes its place',
    async (model) => {
      const answer = await ask(model, { stream: true });
      const text = await answer.text();
      expect(isWhole(text, true)).toBe(true);
      expect(text.match(/"role":"assistant"/g)).toHaveLength(1);
      expect((await rowFor(answer)).attempts).toHaveLength(2);
    },
  );

  test('after its first chunk ends with an error; nobody else is asked', async () => {
    const before = upstream.calls.length;
    const answer = await ask('breaks', { stream: true, fallbacks: ['answers'] });
    const text = await answer.text();
    expect(text).toContain('"content":"One"');
    expect(text).toContain('"code":"upstream_interrupted"');
    expect(text).not.toContain('[DONE]');
    expect(upstream.calls).toHaveLength(before + 1);
    expect(await rowFor(answer)).toMatchObject({
      status: 'interrupted',
      attempts: [{ deployment_id: 'breaks-1', status: 'interrupted' }],
    });
  });
});

test('a deployment that fails is left alone, and asked again when its time is over', async () => {
  const servedBy = async () => about(await ask('wobbles'), 'model-id')['model-id'];
  expect(await servedBy()).toBe('wobbles-1');
  upstream.health.isIll = true;
  const failing = await ask('wobbles');
  expect(failing.status).toBe(200);
  expect((await rowFor(failing)).attempts).toHaveLength(2);
  upstream.health.isIll = false;
  await vi.waitFor(async () => expect(await servedBy()).toBe('wobbles-1'), { timeout: 20_000 });
  await vi.waitFor(() => {
    expect(stack.lines.join('\n')).toMatch(/left alone for a while/);
    expect(stack.lines.join('\n')).toMatch(/answers again/);
  });
});

test('names: an alias and a star lead to their models', async () => {
  expect(about(await ask('another-name'), 'model-group')).toEqual({ 'model-group': 'answers' });
  const answer = await ask('wide/answers');
  expect(about(answer, 'model-id', 'model-group')).toEqual({
    'model-id': 'wide',
    'model-group': 'wide/answers',
  });
  expect(await rowFor(answer)).toMatchObject({ upstream_model: 'answers' });
  const list = await fetch(`${stack.proxy.url}/v1/models`, { headers: stack.proxy.headers });
  const { data } = (await list.json()) as { data: { id: string }[] };
  const names = data.map(({ id }) => id);
  expect(names).toEqual(expect.arrayContaining(['another-name', 'retries', 'wide/*']));
  expect(new Set(names).size).toBe(names.length);
});

describe('a request’s own time', () => {
  test.each([
    ['in the body', { timeout: 0.4 }, {}],
    ['in a header', {}, { 'x-litellm-timeout': '0.4' }],
  ])('%s ends the call, retries and all', async (_, more, headers) => {
    const answer = await ask('is-silent', more, { headers });
    expect(answer.status).toBe(504);
    expect(about(answer, 'timeout')).toEqual({ timeout: '0.4' });
    expect((await rowFor(answer)).attempts).toHaveLength(1);
  });
});

test('a client that leaves while a retry waits is not waited for', async () => {
  const leaving = new AbortController();
  const before = upstream.calls.length;
  const asked = ask('rate-limit', {}, { signal: leaving.signal });
  await vi.waitUntil(() => upstream.calls[before]?.isOpen === false);
  leaving.abort();
  await expect(asked).rejects.toThrow(/abort/);
  const row = await vi.waitUntil(async () =>
    (await allRows(stack)).find(({ model }) => model === 'rate-limit'),
  );
  expect(row).toMatchObject({ status: 'interrupted', http_status: 499 });
  expect(upstream.calls).toHaveLength(before + 1);
});

/** Whether a behaviour ends the call, by an answer or by a stream that has begun. */
function outcomeOf(behaviour: BehaviourName, stream: boolean): 'whole' | 'cut' | 'failed' {
  if (behaviour === 'answers') return 'whole';
  if (behaviour === 'sends-no-done' && stream) return 'whole';
  const cuts: BehaviourName[] = ['cuts-stream', 'error-in-stream', 'ends-stream-early'];
  return stream && cuts.includes(behaviour) ? 'cut' : 'failed';
}

test('whatever the upstreams do one after the other: one answer, one record, its attempts', async () => {
  const sequences = fc.uniqueArray(fc.constantFrom(...prompt), { minLength: 1, maxLength: 7 });
  await fc.assert(
    fc.asyncProperty(sequences, fc.boolean(), async (sequence, stream) => {
      const ends = sequence.findIndex((each) => outcomeOf(each, stream) !== 'failed');
      const expected = ends === -1 ? sequence : sequence.slice(0, ends + 1);
      const outcome = ends === -1 ? 'failed' : outcomeOf(sequence[ends]!, stream);
      const [model, ...fallbacks] = sequence as [BehaviourName, ...BehaviourName[]];
      const before = upstream.calls.length;
      const answer = await ask(model, { stream, fallbacks, num_retries: 0 });
      const text = await answer.text();
      expect(upstream.calls.slice(before).map((call) => call.model)).toEqual(expected);
      expect(answer.ok).toBe(outcome !== 'failed');
      expect(isWhole(text, stream)).toBe(outcome === 'whole');
      expect(text.match(/"content":"One/g) ?? []).toHaveLength(outcome === 'failed' ? 0 : 1);
      const row = await rowFor(answer);
      const statuses = { whole: 'success', cut: 'interrupted', failed: 'failure' };
      expect(row.status).toBe(statuses[outcome]);
      expect(row.attempts.map(({ deployment_id }) => deployment_id)).toEqual(expected);
      const failed = row.attempts.filter(({ status }) => status !== 'success');
      expect(failed).toHaveLength(expected.length - (outcome === 'whole' ? 1 : 0));
    }),
    { numRuns: 60 },
  );
  const ids = (await allRows(stack)).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
