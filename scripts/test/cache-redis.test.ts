import { createClient } from '@redis/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type CachedStack, startCachedStack } from './cached-stack.ts';
import { startRedis } from './redis-server.ts';

const password = 'redis-secret-0123456789';
let redis: Awaited<ReturnType<typeof startRedis>>;
let cached: CachedStack;

beforeAll(async () => {
  redis = await startRedis({ password });
  cached = await startCachedStack({
    params: { type: 'redis', ttl: 600 },
    env: { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port), REDIS_PASSWORD: password },
  });
});
afterAll(async () => {
  await cached?.end();
  await redis?.kill();
});

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

test('an answer lies in Redis for its time, and outlives the proxy', async () => {
  const first = await cached.ask('Redis.');
  const keys = () => withClient((client) => client.keys('*'));
  await vi.waitFor(async () => expect(await keys()).toHaveLength(1));
  const [key = ''] = await keys();
  expect(key).toMatch(/^tallygate:responses:[0-9a-f]{64}$/);
  const left = await withClient((client) => client.pTTL(key));
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(600_000);

  await cached.restart();
  // A process that has just begun may be slower to look than a call waits for it.
  const isKept = async () =>
    expect(await cached.ask('Redis.', { cache: { 'no-store': true } })).toMatchObject({
      isHit: true,
      text: first.text,
    });
  await vi.waitFor(isKept, { timeout: 20_000 });
});

test('what lies there that is no answer is none', async () => {
  await cached.ask('Damaged.');
  const found = await vi.waitFor(async () => {
    const keys = await withClient((client) => client.keys('*'));
    expect(keys.length).toBeGreaterThan(1);
    return keys;
  });
  await withClient((client) => Promise.all(found.map((key) => client.set(key, 'no answer'))));
  // Past the copies in memory.
  await cached.restart();
  expect((await cached.ask('Damaged.')).isHit).toBe(false);
});

test('a flush leaves alone what is not an answer', async () => {
  await withClient((client) => client.set('somebody:else', 'stays'));
  await cached.ask('Flushed.');
  await vi.waitFor(async () => expect((await cached.door('/cache/flushall', {})).status).toBe(200));
  expect(await withClient((client) => client.keys('*'))).toEqual(['somebody:else']);
  expect((await cached.ask('Flushed.')).isHit).toBe(false);
});

test('one that hangs holds up nobody for long, and one that is dead nobody at all', async () => {
  await vi.waitFor(async () => expect((await cached.door('/cache/ping')).status).toBe(200));
  redis.signal('SIGSTOP');
  for (const content of ['Hangs 1.', 'Hangs 2.', 'Hangs 3.', 'Hangs 4.']) {
    expect((await cached.ask(content)).isHit).toBe(false);
    expect((await cached.ask(content)).isHit).toBe(true);
  }
  expect(await cached.metrics()).toContain('cache_backend_up 0\n');
  expect(cached.stack.lines.join('\n')).toContain('the cache fails; calls go on without it');

  await redis.kill();
  expect((await cached.ask('Dead.')).isHit).toBe(false);
  expect(await cached.door('/cache/ping')).toMatchObject({
    status: 503,
    body: { error: { message: expect.stringContaining('cannot be reached') } },
  });

  redis = await startRedis({ password, port: redis.port });
  const isBack = async () => {
    await cached.ask('Back?', { cache: { 's-maxage': 0 } });
    expect(await cached.metrics()).toContain('cache_backend_up 1\n');
  };
  await vi.waitFor(isBack, { timeout: 25_000, interval: 200 });
  expect(cached.stack.lines.join('\n')).toContain('the cache is back');
});

test('nothing tells the password', async () => {
  const { body } = await cached.door('/cache/ping');
  const told = [...cached.stack.lines, await cached.metrics(), JSON.stringify(body)];
  expect(told.join('\n')).not.toContain(password);
});
