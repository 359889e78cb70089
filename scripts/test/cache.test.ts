import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startCountingUpstream } from './counting-upstream.ts';
import { masterKey, type Stack, startStack } from './stack.ts';

let upstream: Awaited<ReturnType<typeof startCountingUpstream>>;
let stack: Stack;
let openai: OpenAI;

beforeAll(async () => {
  upstream = await startCountingUpstream();
  const names = ['answers', 'other', 'tools', 'thinks', 'fails', 'logprobs', 'filters'];
  stack = await startStack({
    parts: ['broker', 'proxy', 'ingest'],
    config: {
      model_list: names.map(upstream.entry),
      litellm_settings: { cache: true, cache_params: { type: 'local', ttl: 3600 } },
    },
  });
  openai = new OpenAI({ apiKey: masterKey, baseURL: `${stack.proxy.url}/v1`, maxRetries: 0 });
});
afterAll(async () => {
  await stack?.end();
  upstream?.close();
});

/** What one call to the upstream costs: 1000 tokens in, 10 out. */
const costNanos = 1_100_000;

const body = (content: string, more: object = {}) => ({
  model: 'answers',
  messages: [{ role: 'user' as const, content }],
  ...more,
});

async function ask(content: string, more: object = {}, headers: Record<string, string> = {}) {
  const { data, response } = await openai.chat.completions
    .create(body(content, more), { headers })
    .withResponse();
  const completion = data as OpenAI.ChatCompletion;
  return {
    completion,
    text: completion.choices[0]?.message.content,
    isHit: response.headers.get('x-litellm-cache-hit') === 'true',
    headers: response.headers,
  };
}

async function stream(content: string, more: object = {}) {
  const { data, response } = await openai.chat.completions
    .create({ ...body(content, more), stream: true })
    .withResponse();
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  for await (const chunk of data) chunks.push(chunk);
  return {
    chunks,
    text: chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join(''),
    isHit: response.headers.get('x-litellm-cache-hit') === 'true',
    headers: response.headers,
  };
}

const bookOf = (headers: Headers) =>
  vi.waitFor(
    async () => {
      const log = await stack.store.requestLogs.find(headers.get('x-litellm-call-id') ?? '');
      if (!log) throw new Error('The call is not in the books yet.');
      return log;
    },
    { timeout: 20_000, interval: 50 },
  );

async function door(path: string, given?: object) {
  const response = await fetch(`${stack.proxy.url}${path}`, {
    method: given ? 'POST' : 'GET',
    headers: stack.proxy.headers,
    ...(given && { body: JSON.stringify(given) }),
  });
  return { status: response.status, body: await response.json() };
}

describe('an answer that is kept', () => {
  test('is given again, costs nothing and says what it saved', async () => {
    const first = await ask('Once.');
    const second = await ask('Once.', { user: 'somebody-else', metadata: { a: 'b' } });
    expect([first.isHit, second.isHit]).toEqual([false, true]);
    expect(second.completion).toEqual(first.completion);
    expect(second.headers.get('x-litellm-response-cost')).toBe('0');
    expect(second.headers.get('x-litellm-cache-key')).toBe(
      first.headers.get('x-litellm-cache-key'),
    );
    expect(await bookOf(first.headers)).toMatchObject({
      cache_hit: false,
      cost_nanos: costNanos,
      saved_nanos: null,
    });
    expect(await bookOf(second.headers)).toMatchObject({
      cache_hit: true,
      cost_nanos: 0,
      saved_nanos: costNanos,
      status: 'success',
      end_user: 'somebody-else',
      attempts: [],
      tokens: { input: 1000, output: 10 },
      response: first.completion,
    });
  });

  test('is not given to another question, nor under another name', async () => {
    await ask('Differs.');
    expect((await ask('Differs!')).isHit).toBe(false);
    expect((await ask('Differs.', { temperature: 1 })).isHit).toBe(false);
    expect((await ask('Differs.', { model: 'other' })).isHit).toBe(false);
  });

  test('comes as a stream for who asks for one, with its usage where that is asked for', async () => {
    const whole = await ask('Whole first.');
    const stream_options = { include_usage: true };
    const replayed = await stream('Whole first.', { stream_options });
    expect(replayed).toMatchObject({ isHit: true, text: whole.text });
    const { chunks } = replayed;
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' });
    expect(new Set(chunks.map(({ id, model }) => `${id} ${model}`))).toEqual(
      new Set([`${whole.completion.id} answers`]),
    );
    expect(chunks.at(-2)?.choices[0]).toMatchObject({ delta: {}, finish_reason: 'stop' });
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { ...whole.completion.usage, cost: 0 },
    });
    const without = await stream('Whole first.');
    expect(without.chunks.filter((chunk) => 'usage' in chunk)).toEqual([]);
    expect(await bookOf(without.headers)).toMatchObject({ cache_hit: true, stream: true });
  });

  test('comes whole that was made as a stream', async () => {
    const first = await stream('Stream first.');
    expect(first.isHit).toBe(false);
    const again = await stream('Stream first.');
    const whole = await ask('Stream first.');
    expect([again.isHit, whole.isHit]).toEqual([true, true]);
    expect([again.text, whole.text]).toEqual([first.text, first.text]);
    expect(whole.completion).toMatchObject({
      object: 'chat.completion',
      id: first.chunks[0]?.id,
      model: 'answers',
      choices: [{ finish_reason: 'stop', message: { role: 'assistant' } }],
      usage: { prompt_tokens: 1000, completion_tokens: 10 },
    });
  });

  test.each([true, false])('has its tool calls, made as a stream: %s', async (asStream) => {
    const question = `Tools ${asStream}.`;
    const more = { model: 'tools' };
    if (asStream) await stream(question, more);
    else await ask(question, more);
    const calls = [{ id: 'call_1', function: { name: 'weather', arguments: '{"city":"Köln"}' } }];
    const whole = await ask(question, more);
    expect(whole).toMatchObject({
      isHit: true,
      completion: { choices: [{ finish_reason: 'tool_calls', message: { tool_calls: calls } }] },
    });
    const streamed = openai.chat.completions.stream({ ...body(question), ...more });
    expect((await streamed.finalChatCompletion()).choices[0]?.message.tool_calls).toMatchObject(
      calls,
    );
    expect(upstream.count).toBe(Number(whole.completion.id.slice('chatcmpl-'.length)));
  });

  test('has what was thought', async () => {
    const first = await stream('Think.', { model: 'thinks' });
    const again = await stream('Think.', { model: 'thinks' });
    const thought = ({ chunks }: typeof first) =>
      chunks.map(({ choices }) => Object(choices[0]?.delta).reasoning_content ?? '').join('');
    expect(again.isHit).toBe(true);
    expect(thought(again)).toBe(thought(first));
    expect(thought(again)).not.toBe('');
  });

  test('outlives the process', async () => {
    const first = await ask('Outlives.');
    const key = first.headers.get('x-litellm-cache-key') ?? '';
    await vi.waitFor(async () =>
      expect(await stack.store.cache.get('responses', key)).not.toBeNull(),
    );
    const { lines } = stack;
    stack.signal('proxy', 'SIGKILL');
    await vi.waitFor(() => expect(lines.join('\n')).toContain('proxy ended'));
    await stack.ready();
    // A process that has just begun may be slower to look than a call waits for it.
    const isKept = async () =>
      expect(await ask('Outlives.', { cache: { 'no-store': true } })).toMatchObject({
        isHit: true,
        text: first.text,
      });
    await vi.waitFor(isKept, { timeout: 10_000 });
  });
});

describe('nothing is kept', () => {
  test('of a call that failed', async () => {
    const before = upstream.count;
    const failing = () => ask('Fails.', { model: 'fails' });
    await expect(failing()).rejects.toMatchObject({ status: 503 });
    await expect(failing()).rejects.toMatchObject({ status: 503 });
    expect(upstream.count).toBe(before + 2);
  });

  test('of an answer that was filtered', async () => {
    await ask('Filters.', { model: 'filters' });
    expect((await ask('Filters.', { model: 'filters' })).isHit).toBe(false);
  });

  test('of a stream that cannot be put together without loss', async () => {
    await stream('Log probabilities.', { model: 'logprobs', logprobs: true });
    const more = { model: 'logprobs', logprobs: true };
    expect((await ask('Log probabilities.', more)).isHit).toBe(false);
  });

  test('of a call that does not want to be recorded', async () => {
    await ask('Unrecorded.', { 'no-log': true });
    expect((await ask('Unrecorded.')).isHit).toBe(false);
  });
});

describe('a call says', () => {
  test('no-cache: its answer is new, and is kept', async () => {
    const first = await ask('No cache.');
    const fresh = await ask('No cache.', { cache: { 'no-cache': true } });
    expect(fresh.isHit).toBe(false);
    expect(fresh.text).not.toBe(first.text);
    expect((await ask('No cache.')).text).toBe(fresh.text);
    const byHeader = await ask('No cache.', {}, { 'cache-control': 'no-cache' });
    expect(byHeader.isHit).toBe(false);
  });

  test('no-store: its answer is not kept, but one that is is good enough', async () => {
    await ask('No store.', { cache: { 'no-store': true } });
    const kept = await ask('No store.');
    expect(kept.isHit).toBe(false);
    expect(await ask('No store.', { cache: { 'no-store': true } })).toMatchObject({
      isHit: true,
      text: kept.text,
    });
  });

  test('how old an answer may be', async () => {
    const first = await ask('Old.');
    expect((await ask('Old.', { cache: { 's-maxage': 3600 } })).isHit).toBe(true);
    await vi.waitFor(async () => {
      const young = await ask('Old.', { cache: { 's-maxage': 0 } });
      expect(young.text).not.toBe(first.text);
    });
  });

  test('how long its answer holds', async () => {
    const first = await ask('Short.', { cache: { ttl: 0.2 } });
    await vi.waitFor(async () => expect((await ask('Short.')).text).not.toBe(first.text));
  });

  test('in which namespace it asks', async () => {
    const cache = { namespace: 'mine' };
    const first = await ask('Namespace.', { cache });
    expect(first.headers.get('x-litellm-cache-key')).toMatch(/^mine:[0-9a-f]{64}$/);
    expect((await ask('Namespace.')).isHit).toBe(false);
    expect((await ask('Namespace.', { cache })).isHit).toBe(true);
  });

  test('that it has nothing to do with it', async () => {
    const { headers } = await ask('Alone.', { cache: { 'use-cache': false } });
    expect(headers.get('x-litellm-cache-key')).toBeNull();
  });

  test('nonsense, and is told so', async () => {
    await expect(ask('Nonsense.', { cache: { ttl: -1 } })).rejects.toMatchObject({
      status: 400,
      param: 'cache.ttl',
    });
    await expect(ask('Nonsense.', { cache: 7 })).rejects.toMatchObject({
      status: 400,
      param: 'cache',
    });
  });
});

describe('identical calls in flight', () => {
  test.each([false, true])('are answered by one, streams: %s', async (asStream) => {
    const before = upstream.count;
    const gate = upstream.closeGate();
    const question = `Hundred at once, ${asStream}.`;
    const calls = Array.from({ length: 100 }, async (_, index) =>
      (asStream ? index % 2 === 0 : index % 10 === 9) ? stream(question) : ask(question),
    );
    await gate.next;
    gate.open();
    const answers = await Promise.all(calls);
    expect(upstream.count).toBe(before + 1);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const books = await Promise.all(answers.map(({ headers }) => bookOf(headers)));
    const hits = books.filter((book) => book.cache_hit);
    expect(hits).toHaveLength(99);
    const sum = (values: (number | null)[]) => values.reduce<number>((a, b) => a + (b ?? 0), 0);
    expect(sum(hits.map((book) => book.saved_nanos))).toBe(99 * costNanos);
    expect(sum(books.map((book) => book.cost_nanos))).toBe(costNanos);
  });

  test('go their own ways when the one that leads fails', async () => {
    const before = upstream.count;
    const gate = upstream.closeGate();
    const calls = Array.from({ length: 5 }, () =>
      ask('Led astray.', { model: 'fails' }).catch((error: { status: number }) => error.status),
    );
    await gate.next;
    gate.open();
    expect(await Promise.all(calls)).toEqual([503, 503, 503, 503, 503]);
    expect(upstream.count).toBe(before + 5);
  });

  test.each([false, true])('go on when its client hangs up, a stream: %s', async (asStream) => {
    const before = upstream.count;
    const gate = upstream.closeGate();
    const question = `Hangs up, ${asStream}.`;
    const hangUp = new AbortController();
    const leader = openai.chat.completions
      .create({ ...body(question), stream: asStream }, { signal: hangUp.signal })
      .then(
        (answer) => answer,
        () => null,
      );
    await gate.next;
    const follower = ask(question);
    await followersOf(1);
    hangUp.abort();
    await leader;
    gate.open();
    expect(await follower).toMatchObject({ isHit: true, text: `Answer ${before + 1}.` });
    expect(upstream.count).toBe(before + 1);
  });

  test('are given up when nobody is left who wants the answer', async () => {
    const gate = upstream.closeGate();
    const hangUp = new AbortController();
    const { signal } = hangUp;
    const calls = [0, 1].map(() =>
      openai.chat.completions.create(body('Nobody is left.'), { signal }).catch(() => null),
    );
    const { closed, response } = await gate.next;
    hangUp.abort();
    await Promise.all([...calls, closed]);
    expect(response.writableFinished).toBe(false);
    gate.open();
  });
});

/** Until so many calls wait for another's answer. */
const followersOf = (count: number) =>
  vi.waitFor(async () => {
    const metrics = await (await fetch(`${stack.proxy.url}/metrics`)).text();
    expect(metrics).toContain(`cache_followers ${count}\n`);
  });

describe('the doors', () => {
  test('tell whether the cache answers, and not where it lies', async () => {
    expect(await door('/cache/ping')).toEqual({
      status: 200,
      body: { status: 'healthy', cache_type: 'local', ping_response: true },
    });
  });

  test('take away what is named', async () => {
    const { headers } = await ask('Delete.');
    const keys = [headers.get('x-litellm-cache-key')];
    await vi.waitFor(async () =>
      expect((await door('/cache/delete', { keys })).body).toEqual({
        status: 'success',
        deleted: 1,
      }),
    );
    expect((await ask('Delete.')).isHit).toBe(false);
    expect(await door('/cache/delete', { keys: [] })).toMatchObject({ status: 400 });
  });

  test('take away all', async () => {
    await ask('Flush.');
    expect(await door('/cache/flushall', {})).toEqual({ status: 200, body: { status: 'success' } });
    expect((await ask('Flush.')).isHit).toBe(false);
  });

  test('are shut to strangers', async () => {
    for (const [method, path] of [
      ['GET', '/cache/ping'],
      ['POST', '/cache/delete'],
      ['POST', '/cache/flushall'],
    ]) {
      const { status } = await fetch(`${stack.proxy.url}${path}`, { method: String(method) });
      expect(status).toBe(401);
    }
  });
});
