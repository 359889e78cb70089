import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { body, type CachedStack, costNanos, startCachedStack } from './cached-stack.ts';

let cached: CachedStack;
let upstream: CachedStack['upstream'];
beforeAll(async () => {
  cached = await startCachedStack({ params: { type: 'local', ttl: 3600 } });
  ({ upstream } = cached);
});
afterAll(() => cached?.end());

describe('an answer that is kept', () => {
  test('is given again, costs nothing and says what it saved', async () => {
    const first = await cached.ask('Once.');
    const second = await cached.ask('Once.', { user: 'somebody-else', metadata: { a: 'b' } });
    expect([first.isHit, second.isHit]).toEqual([false, true]);
    expect(second.completion).toEqual(first.completion);
    expect(second.headers.get('x-litellm-response-cost')).toBe('0');
    expect(second.headers.get('x-litellm-cache-key')).toBe(
      first.headers.get('x-litellm-cache-key'),
    );
    expect(await cached.bookOf(first.headers)).toMatchObject({
      cache_hit: false,
      cost_nanos: costNanos,
      saved_nanos: null,
    });
    expect(await cached.bookOf(second.headers)).toMatchObject({
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
    await cached.ask('Differs.');
    expect((await cached.ask('Differs!')).isHit).toBe(false);
    expect((await cached.ask('Differs.', { temperature: 1 })).isHit).toBe(false);
    expect((await cached.ask('Differs.', { model: 'other' })).isHit).toBe(false);
  });

  test('comes as a stream for who asks for one, with its usage where that is asked for', async () => {
    const whole = await cached.ask('Whole first.');
    const stream_options = { include_usage: true };
    const replayed = await cached.stream('Whole first.', { stream_options });
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
    const without = await cached.stream('Whole first.');
    expect(without.chunks.filter((chunk) => 'usage' in chunk)).toEqual([]);
    expect(await cached.bookOf(without.headers)).toMatchObject({ cache_hit: true, stream: true });
  });

  test('comes whole that was made as a stream', async () => {
    const first = await cached.stream('Stream first.');
    expect(first.isHit).toBe(false);
    const again = await cached.stream('Stream first.');
    const whole = await cached.ask('Stream first.');
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
    if (asStream) await cached.stream(question, more);
    else await cached.ask(question, more);
    const calls = [{ id: 'call_1', function: { name: 'weather', arguments: '{"city":"Köln"}' } }];
    const whole = await cached.ask(question, more);
    expect(whole).toMatchObject({
      isHit: true,
      completion: { choices: [{ finish_reason: 'tool_calls', message: { tool_calls: calls } }] },
    });
    const streamed = cached.openai.chat.completions.stream({ ...body(question), ...more });
    expect((await streamed.finalChatCompletion()).choices[0]?.message.tool_calls).toMatchObject(
      calls,
    );
    expect(upstream.count).toBe(Number(whole.completion.id.slice('chatcmpl-'.length)));
  });

  test('has what was thought', async () => {
    const first = await cached.stream('Think.', { model: 'thinks' });
    const again = await cached.stream('Think.', { model: 'thinks' });
    const thought = ({ chunks }: typeof first) =>
      chunks.map(({ choices }) => Object(choices[0]?.delta).reasoning_content ?? '').join('');
    expect(again.isHit).toBe(true);
    expect(thought(again)).toBe(thought(first));
    expect(thought(again)).not.toBe('');
  });

  test('may be a vector, which the books do not hold', async () => {
    const asked = { model: 'answers', input: 'Vector.', encoding_format: 'float' as const };
    const embed = (more: object = {}) =>
      cached.openai.embeddings.create({ ...asked, ...more }).withResponse();
    const first = await embed();
    const { data, response } = await embed();
    expect(data).toEqual(first.data);
    expect(response.headers.get('x-litellm-cache-hit')).toBe('true');
    const { data: other } = await embed({ dimensions: 2 });
    expect(other.data).not.toEqual(data.data);
    expect(await cached.bookOf(response.headers)).toMatchObject({
      operation: 'embeddings',
      cache_hit: true,
      cost_nanos: 0,
      saved_nanos: 1_000_000,
      response: { data: [{ embedding: '(2 numbers, not kept)' }] },
    });
  });

  test('outlives the process', async () => {
    const first = await cached.ask('Outlives.');
    const key = first.headers.get('x-litellm-cache-key') ?? '';
    await vi.waitFor(async () =>
      expect(await cached.stack.store.cache.get('responses', key)).not.toBeNull(),
    );
    await cached.restart();
    // A process that has just begun may be slower to look than a call waits for it.
    const isKept = async () =>
      expect(await cached.ask('Outlives.', { cache: { 'no-store': true } })).toMatchObject({
        isHit: true,
        text: first.text,
      });
    await vi.waitFor(isKept, { timeout: 10_000 });
  });
});

describe('nothing is kept', () => {
  test('of a call that failed', async () => {
    const before = upstream.count;
    const failing = () => cached.ask('Fails.', { model: 'fails' });
    await expect(failing()).rejects.toMatchObject({ status: 503 });
    await expect(failing()).rejects.toMatchObject({ status: 503 });
    expect(upstream.count).toBe(before + 2);
  });

  test('of what another model said in the place of one that failed', async () => {
    const more = { model: 'fails', fallbacks: ['answers'] };
    expect((await cached.ask('Falls back.', more)).text).toBe(`Answer ${upstream.count}.`);
    expect((await cached.ask('Falls back.', more)).isHit).toBe(false);
  });

  test('of an answer that was filtered', async () => {
    await cached.ask('Filters.', { model: 'filters' });
    expect((await cached.ask('Filters.', { model: 'filters' })).isHit).toBe(false);
  });

  test('of a stream that cannot be put together without loss', async () => {
    await cached.stream('Log probabilities.', { model: 'logprobs', logprobs: true });
    const more = { model: 'logprobs', logprobs: true };
    expect((await cached.ask('Log probabilities.', more)).isHit).toBe(false);
  });

  test('of a call that does not want to be recorded', async () => {
    await cached.ask('Unrecorded.', { 'no-log': true });
    expect((await cached.ask('Unrecorded.')).isHit).toBe(false);
  });
});

describe('a call says', () => {
  test('no-cache: its answer is new, and is kept', async () => {
    const first = await cached.ask('No cache.');
    const fresh = await cached.ask('No cache.', { cache: { 'no-cache': true } });
    expect(fresh.isHit).toBe(false);
    expect(fresh.text).not.toBe(first.text);
    expect((await cached.ask('No cache.')).text).toBe(fresh.text);
    const byHeader = await cached.ask('No cache.', {}, { 'cache-control': 'no-cache' });
    expect(byHeader.isHit).toBe(false);
  });

  test('no-store: its answer is not kept, but one that is is good enough', async () => {
    await cached.ask('No store.', { cache: { 'no-store': true } });
    const kept = await cached.ask('No store.');
    expect(kept.isHit).toBe(false);
    expect(await cached.ask('No store.', { cache: { 'no-store': true } })).toMatchObject({
      isHit: true,
      text: kept.text,
    });
  });

  test('how old an answer may be', async () => {
    const first = await cached.ask('Old.');
    expect((await cached.ask('Old.', { cache: { 's-maxage': 3600 } })).isHit).toBe(true);
    await vi.waitFor(async () => {
      const young = await cached.ask('Old.', { cache: { 's-maxage': 0 } });
      expect(young.text).not.toBe(first.text);
    });
  });

  test('how long its answer holds', async () => {
    const first = await cached.ask('Short.', { cache: { ttl: 0.2 } });
    await vi.waitFor(async () => expect((await cached.ask('Short.')).text).not.toBe(first.text));
  });

  test('in which namespace it asks', async () => {
    const cache = { namespace: 'mine' };
    const first = await cached.ask('Namespace.', { cache });
    expect(first.headers.get('x-litellm-cache-key')).toMatch(/^mine:[0-9a-f]{64}$/);
    expect((await cached.ask('Namespace.')).isHit).toBe(false);
    expect((await cached.ask('Namespace.', { cache })).isHit).toBe(true);
  });

  test('that it has nothing to do with it', async () => {
    const { headers } = await cached.ask('Alone.', { cache: { 'use-cache': false } });
    expect(headers.get('x-litellm-cache-key')).toBeNull();
  });

  test('nonsense, and is told so', async () => {
    await expect(cached.ask('Nonsense.', { cache: { ttl: -1 } })).rejects.toMatchObject({
      status: 400,
      param: 'cache.ttl',
    });
    await expect(cached.ask('Nonsense.', { cache: 7 })).rejects.toMatchObject({
      status: 400,
      param: 'cache',
    });
  });
});

describe('the doors', () => {
  test('tell whether the cache answers, and not where it lies', async () => {
    expect(await cached.door('/cache/ping')).toEqual({
      status: 200,
      body: { status: 'healthy', cache_type: 'local', ping_response: true },
    });
  });

  test('take away what is named', async () => {
    const { headers } = await cached.ask('Delete.');
    const keys = [headers.get('x-litellm-cache-key')];
    await vi.waitFor(async () =>
      expect((await cached.door('/cache/delete', { keys })).body).toEqual({
        status: 'success',
        deleted: 1,
      }),
    );
    expect((await cached.ask('Delete.')).isHit).toBe(false);
    expect(await cached.door('/cache/delete', { keys: [] })).toMatchObject({ status: 400 });
  });

  test('take away all', async () => {
    await cached.ask('Flush.');
    expect(await cached.door('/cache/flushall', {})).toEqual({
      status: 200,
      body: { status: 'success' },
    });
    expect((await cached.ask('Flush.')).isHit).toBe(false);
  });

  test('are shut to strangers', async () => {
    for (const [method, path] of [
      ['GET', '/cache/ping'],
      ['POST', '/cache/delete'],
      ['POST', '/cache/flushall'],
    ]) {
      const { status } = await fetch(`${cached.stack.proxy.url}${path}`, {
        method: String(method),
      });
      expect(status).toBe(401);
    }
  });
});
