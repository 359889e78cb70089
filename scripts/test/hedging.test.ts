import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { allRows, rowOf } from './books.ts';
import { type BehaviourName, startFaultyUpstream } from './faulty-upstream.ts';
import { type Stack, startStack } from './stack.ts';

let upstream: Awaited<ReturnType<typeof startFaultyUpstream>>;
let stack: Stack;

beforeAll(async () => {
  upstream = await startFaultyUpstream();
  const prices = { input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 };
  const pair = (name: string, first: BehaviourName, second: BehaviourName) =>
    [first, second].map((model, at) => ({
      ...upstream.entry(name, model, { timeout: 60, order: at + 1, ...prices }),
      model_info: { id: `${name}-${at + 1}` },
    }));
  stack = await startStack({
    parts: ['broker', 'proxy', 'ingest'],
    env: { ALERT_MIN_CALLS: '1000000' },
    config: {
      router_settings: { hedge_after: 0.3, num_retries: 0, disable_cooldowns: true },
      model_list: [
        ...pair('late', 'is-silent', 'answers'),
        ...pair('late-after-head', 'is-silent-after-head', 'answers'),
        ...pair('late-and-failing', 'is-silent', 'fails'),
        ...pair('both-late', 'is-silent', 'is-silent-after-head'),
        ...pair('begun', 'falls-silent', 'answers'),
      ],
    },
  });
});
afterAll(async () => {
  await stack?.end();
  upstream?.close();
});

const messages = [{ role: 'user', content: 'Count to two.' }];

const ask = (model: string, more: object = {}, signal?: AbortSignal): Promise<Response> =>
  fetch(`${stack.proxy.url}/v1/chat/completions`, {
    method: 'POST',
    headers: stack.proxy.headers,
    body: JSON.stringify({ model, messages, ...more }),
    ...(signal === undefined ? {} : { signal }),
  });

const rowFor = (answer: Response) => rowOf(stack, answer.headers.get('x-litellm-call-id') ?? '');

describe.each([
  ['a plain call', 'late', false],
  ['a stream', 'late', true],
  ['a stream of which only the head came', 'late-after-head', true],
])('%s whose answer is late', (_, model, stream) => {
  test('is answered by another deployment; the first is cancelled and booked with its cost', async () => {
    const before = upstream.calls.length;
    const answer = await ask(model, { stream });
    const text = await answer.text();
    expect(answer.headers.get('x-litellm-model-id')).toBe(`${model}-2`);
    expect(text.match(/"content":"One/g)).toHaveLength(1);
    await upstream.calls[before]?.closed;
    expect(upstream.calls).toHaveLength(before + 2);
    const row = await rowFor(answer);
    expect(row).toMatchObject({
      status: 'success',
      deployment_id: `${model}-2`,
      tokens_source: 'upstream',
      attempts: [
        {
          deployment_id: `${model}-1`,
          status: 'interrupted',
          error: { code: 'attempt_cancelled' },
        },
        { deployment_id: `${model}-2`, status: 'success' },
      ],
    });
    // The answer's own 12 and 3 tokens, and the prompt once more as the tokenizer counts it.
    const own = 12 * 1000 + 3 * 2000;
    expect(row.cost_nanos).toBeGreaterThan(own);
    expect((row.cost_nanos! - own) % 1000).toBe(0);
    const lines = row.cost_lines.map(({ cost_nanos }) => cost_nanos);
    expect(lines.reduce((sum, each) => sum + each, 0)).toBe(row.cost_nanos);
  });
});

test('a second deployment that fails does not end what the first may still bring', async () => {
  const leaving = new AbortController();
  const before = upstream.calls.length;
  const asked = ask('late-and-failing', {}, leaving.signal);
  await vi.waitUntil(() => upstream.calls[before + 1]?.isOpen === false);
  expect(upstream.calls[before]?.isOpen).toBe(true);
  leaving.abort();
  await expect(asked).rejects.toThrow(/abort/);
});

test('a stream that has begun is not asked for again', async () => {
  const before = upstream.calls.length;
  const leaving = new AbortController();
  const answer = await ask('begun', { stream: true }, leaving.signal);
  const reader = answer.body!.getReader();
  await reader.read();
  // As long as a second one would have taken to be asked, told by one that is.
  await (await ask('late')).text();
  expect(upstream.calls.slice(before).map(({ model }) => model)).toEqual([
    'falls-silent',
    'is-silent',
    'answers',
  ]);
  leaving.abort();
});

test('a client that leaves cancels both, and both are booked', async () => {
  const leaving = new AbortController();
  const before = upstream.calls.length;
  const asked = ask('both-late', { stream: true }, leaving.signal);
  const calls = await vi.waitUntil(() => {
    const both = upstream.calls.slice(before);
    return both.length === 2 && both;
  });
  leaving.abort();
  await expect(asked).rejects.toThrow(/abort/);
  await Promise.all(calls.map(({ closed }) => closed));
  const found = await vi.waitUntil(async () =>
    (await allRows(stack)).find(({ model }) => model === 'both-late'),
  );
  const row = await rowOf(stack, found.id);
  expect(row).toMatchObject({ status: 'interrupted', http_status: 499 });
  expect(row.attempts.map(({ status }) => status)).toEqual(['interrupted', 'interrupted']);
  expect(row.cost_nanos).toBeGreaterThan(0);
});
