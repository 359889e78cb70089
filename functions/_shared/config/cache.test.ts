import { expect, test } from 'vitest';
import { parseGatewayConfig } from './gateway-config.ts';

const cacheOf = (settings: string, environment: NodeJS.ProcessEnv = {}) =>
  parseGatewayConfig(
    `model_list: [{ model_name: a, litellm_params: { model: openai/a } }]
litellm_settings: ${settings}`,
    environment,
  );

test('is off where nothing is said, and where it is said', () => {
  expect(cacheOf('{}').cache).toBeNull();
  expect(cacheOf('{ cache: false, cache_params: { type: redis } }').cache).toBeNull();
});

test('lies in the store, and in Redis where the environment names one', () => {
  expect(cacheOf('{ cache: true }').cache).toEqual({
    place: { type: 'local' },
    ttlMs: 600_000,
    memoryTtlMs: 60_000,
    namespace: '',
    isAskedFor: false,
    callTypes: ['acompletion', 'atext_completion', 'aembedding'],
    sharing: 'everyone',
  });
  const environment = {
    REDIS_HOST: 'redis',
    REDIS_PORT: '6380',
    REDIS_PASSWORD: 'secret',
    REDIS_SSL: 'True',
  };
  expect(cacheOf('{ cache: true }', environment).cache?.place).toEqual({
    type: 'redis',
    redis: {
      url: null,
      host: 'redis',
      port: 6380,
      username: null,
      password: 'secret',
      database: 0,
      tls: true,
    },
  });
  const named = cacheOf('{ cache: true, cache_params: { type: local } }', environment);
  expect(named.cache?.place).toEqual({ type: 'local' });
});

test.each([
  ['tcp://10.96.0.7:6381', 6381],
  ['6382', 6382],
  ['', 6379],
  ['nonsense', 6379],
])('REDIS_PORT may be %j', (given, port) => {
  const { cache } = cacheOf('{ cache: true }', { REDIS_HOST: 'redis', REDIS_PORT: given });
  expect(cache?.place).toMatchObject({ redis: { port } });
});

test('what the file says goes before the environment', () => {
  const { cache, warnings } = cacheOf(
    `
  cache: true
  cache_params:
    { type: redis, host: os.environ/MY_REDIS, port: 7000, db: 2, default_in_redis_ttl: 5,
      namespace: app, mode: default_off, shared_by: team, supported_call_types: [] }`,
    { MY_REDIS: 'mine', REDIS_HOST: 'other', REDIS_PORT: '6380' },
  );
  expect(warnings).toEqual([]);
  expect(cache).toMatchObject({
    place: { redis: { host: 'mine', port: 7000, database: 2 } },
    ttlMs: 5000,
    namespace: 'app',
    isAskedFor: true,
    sharing: 'team',
    callTypes: [],
  });
});

test.each([
  ['{ type: s3 }', 'cache_params.type must be local, redis or disk; s3 is not known'],
  ['{ ttl: 0 }', 'cache_params.ttl'],
  ['{ port: 70000 }', 'cache_params.port'],
  ['{ namespace: "a b" }', 'cache_params.namespace must be at most 128 letters'],
  ['{ mode: sometimes }', 'cache_params.mode'],
])('%s is refused by name', (params, message) => {
  expect(() => cacheOf(`{ cache: true, cache_params: ${params} }`)).toThrow(message);
});

test('what it does not know is named', () => {
  const { warnings } = cacheOf('{ cache: true, cache_params: { redis_startup_nodes: [] } }');
  expect(warnings).toEqual([
    'config.yaml: litellm_settings.cache_params.redis_startup_nodes is not supported yet and has no effect',
  ]);
});
