import { createClient } from '@redis/client';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startCountingUpstream } from './counting-upstream.ts';
import { startRedis } from './redis-server.ts';
import { masterKey, type Stack, startStack } from './stack.ts';

const password = 'redis-secret-0123456789';
let upstream: Awaited<ReturnType<typeof startCountingUpstream>>;
let redis: Awaited<ReturnType<typeof startRedis>>;
let stack: Stack;
let openai: OpenAI;

beforeAll(async () => {
  [upstream, redis] = await Promise.all([startCountingUpstream(), startRedis({ password })]);
  stack = await startStack({
    parts: ['broker', 'proxy', 'ingest'],
    config: {
      model_list: [upstream.entry('answers')],
      litellm_settings: { cache: true, cache_params: { type: 'redis', ttl: 600 } },
    },
    env: { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port), REDIS_PASSWORD: password },
  });
  openai = new OpenAI({ apiKey: masterKey, baseURL: `${stack.proxy.url}/v1`, maxRetries: 0 });
});
afterAll(async () => {
  await stack?.end();
  await redis?.kill();
  upstream?.close();
});

async function ask(content: string, more: object = {}) {
  const { data, response } = await openai.chat.completions
    .create({ model: 'answers', messages: [{ role: 'user', content }], ...more })
    .withResponse();
  return {
    text: data.choices[0]?.message.content,
    isHit: response.headers.get('x-litellm-cache-hit') === 'true',
  };
}

const connect = () => {
  const client = createClient({ password, socket: { host: '127.0.0.1', port: redis.port } });
  return client.on('error', () => {}).connect();
};

async function withClient<Result>(
  use: (client: Awaited<ReturnType<typeof connect>>) => Promise<Result>,
): Promise<Result> {
  const client = await connect();
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

const metrics = async () => (await fetch(`${stack.proxy.url}/metrics`)).text();

async function door(path: string, method = 'POST') {
  const response = await fetch(`${stack.proxy.url}${path}`, {
    method,
    headers: stack.proxy.headers,
  });
  return { status: response.status, text: await response.text() };
}

test('an answer lies in Redis for its time, and outlives the proxy', async () => {
  const first = await ask('Redis.');
  const keys = () => withClient((client) => client.keys('*'));
  await vi.waitFor(async () => expect(await keys()).toHaveLength(1));
  const [key = ''] = await keys();
  expect(key).toMatch(/^tallygate:responses:[0-9a-f]{64}$/);
  const left = await withClient((client) => client.pTTL(key));
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(600_000);

  stack.signal('proxy', 'SIGKILL');
  await vi.waitFor(() => expect(stack.lines.join('\n')).toContain('proxy ended'));
  await stack.ready();
  // A process that has just begun may be slower to look than a call waits for it.
  const isKept = async () =>
    expect(await ask('Redis.', { cache: { 'no-store': true } })).toEqual({ ...first, isHit: true });
  await vi.waitFor(isKept, { timeout: 20_000 });
});

test('what lies there that is no answer is none', async () => {
  await ask('Damaged.');
  const found = await vi.waitFor(async () => {
    const keys = await withClient((client) => client.keys('*'));
    expect(keys.length).toBeGreaterThan(1);
    return keys;
  });
  await withClient((client) => Promise.all(found.map((key) => client.set(key, 'no answer'))));
  // Past the copies in memory.
  stack.signal('proxy', 'SIGKILL');
  await vi.waitFor(() =>
    expect(stack.lines.filter((line) => line.includes('proxy ended'))).toHaveLength(2),
  );
  await stack.ready();
  expect((await ask('Damaged.')).isHit).toBe(false);
});

test('a flush leaves alone what is not an answer', async () => {
  await withClient((client) => client.set('somebody:else', 'stays'));
  await ask('Flushed.');
  await vi.waitFor(async () => expect((await door('/cache/flushall')).status).toBe(200));
  expect(await withClient((client) => client.keys('*'))).toEqual(['somebody:else']);
  expect((await ask('Flushed.')).isHit).toBe(false);
});

test('one that hangs holds up nobody for long, and one that is dead nobody at all', async () => {
  await vi.waitFor(async () => expect((await door('/cache/ping', 'GET')).status).toBe(200));
  redis.signal('SIGSTOP');
  for (const content of ['Hangs 1.', 'Hangs 2.', 'Hangs 3.', 'Hangs 4.']) {
    expect((await ask(content)).isHit).toBe(false);
    expect((await ask(content)).isHit).toBe(true);
  }
  expect(await metrics()).toContain('cache_backend_up 0\n');
  expect(stack.lines.join('\n')).toContain('the cache fails; calls go on without it');

  await redis.kill();
  expect((await ask('Dead.')).isHit).toBe(false);
  const { status, text } = await door('/cache/ping', 'GET');
  expect(status).toBe(503);
  expect(text).toContain('cannot be reached');

  redis = await startRedis({ password, port: redis.port });
  const isBack = async () => {
    await ask('Back?', { cache: { 's-maxage': 0 } });
    expect(await metrics()).toContain('cache_backend_up 1\n');
  };
  await vi.waitFor(isBack, { timeout: 25_000, interval: 200 });
  expect(stack.lines.join('\n')).toContain('the cache is back');
});

test('nothing tells the password', async () => {
  const told = [...stack.lines, await metrics(), (await door('/cache/ping', 'GET')).text];
  expect(told.join('\n')).not.toContain(password);
});
