import { describe, expect, test } from 'vitest';
import { parseGatewayConfig } from './gateway-config.ts';

/** YAML takes JSON as it is. */
const parse = (sections: object, litellm_params: object = {}, model_info: object = {}) =>
  parseGatewayConfig(
    JSON.stringify({
      model_list: [
        { model_name: 'm', litellm_params: { model: 'openai/m', ...litellm_params }, model_info },
      ],
      ...sections,
    }),
    {},
  );
const rules = (sections: object = {}) => parse(sections).routing;

describe('routing', () => {
  test('is as LiteLLM’s where nothing is said', () => {
    expect(rules()).toEqual({
      strategy: 'simple-shuffle',
      latencyBuffer: 0,
      preCallChecks: false,
      tagFiltering: 'off',
      retries: 2,
      retryPolicy: {},
      groupRetryPolicies: new Map(),
      retryAfterMs: 0,
      cooldown: { allowedFails: null, allowedFailsPolicy: {}, cooldownMs: 5000 },
      fallbacks: {
        general: new Map(),
        contextWindow: new Map(),
        contentPolicy: new Map(),
        usual: [],
        max: 5,
      },
      aliases: new Map(),
      hedgeAfterMs: null,
    });
  });

  test('is read of both sections; router_settings wins', () => {
    const litellm_settings = {
      num_retries: 1,
      allowed_fails: 3,
      cooldown_time: 30,
      fallbacks: [{ a: ['b'] }],
      default_fallbacks: ['c'],
    };
    const both = { litellm_settings, router_settings: { num_retries: 4, cooldown_time: 60 } };
    expect(rules(both)).toMatchObject({
      retries: 4,
      cooldown: { allowedFails: 3, cooldownMs: 60_000 },
      fallbacks: { general: new Map([['a', ['b']]]), usual: ['c'] },
    });
  });

  test('policies are told by kind, of all and of a group', () => {
    const router_settings = {
      retry_policy: { TimeoutErrorRetries: 3 },
      model_group_retry_policy: { m: { RateLimitErrorRetries: 0 } },
      allowed_fails_policy: { InternalServerErrorAllowedFails: 20 },
    };
    expect(rules({ router_settings })).toMatchObject({
      retryPolicy: { timeout: 3 },
      groupRetryPolicies: new Map([['m', { rate_limit: 0 }]]),
      cooldown: { allowedFailsPolicy: { internal: 20 } },
    });
  });

  test('of a deployment is what its entry says', () => {
    const params = { weight: 2, rpm: '60', tpm: 1000, order: 1, tags: ['a'], num_retries: 0 };
    const { deployments, warnings } = parse(
      { router_settings: { timeout: 20, stream_timeout: 3 } },
      { ...params, cooldown_time: 9 },
      { max_input_tokens: 8192 },
    );
    expect(deployments[0]).toMatchObject({ timeoutMs: 20_000, streamTimeoutMs: 3000 });
    expect(deployments[0]?.routing).toEqual({
      weight: 2,
      rpm: 60,
      tpm: 1000,
      order: 1,
      tags: ['a'],
      retries: 0,
      cooldownMs: 9000,
      maxInputTokens: 8192,
    });
    expect(warnings).toEqual([]);
  });

  test('names what it does not honour, in policies too', () => {
    const router_settings = { redis_host: 'x', retry_policy: { OddErrorRetries: 1 } };
    expect(parse({ router_settings }).warnings).toEqual([
      'config.yaml: router_settings.redis_host is not supported yet and has no effect',
      'config.yaml: router_settings.retry_policy.OddErrorRetries is not supported yet and has no effect',
    ]);
  });

  test.each([
    [{ routing_strategy: 'round-robin' }, 'must be one of simple-shuffle'],
    [{ num_retries: 51 }, 'num_retries'],
    [{ max_fallbacks: 21 }, 'max_fallbacks'],
    [{ fallbacks: { a: ['b'] } }, 'must be a list such as'],
    [{ retry_policy: { TimeoutErrorRetries: -1 } }, 'TimeoutErrorRetries'],
    [{ timeout: 0 }, 'timeout'],
    [{ model_group_alias: { a: '' } }, 'model_group_alias.a'],
  ])('refuses %j', (router_settings, fault) => {
    expect(() => parse({ router_settings })).toThrow(fault);
  });

  test('two entries that differ by their key alone are two deployments', () => {
    const entry = (api_key: string) => ({
      model_name: 'm',
      litellm_params: { model: 'openai/m', api_key },
    });
    const source = JSON.stringify({ model_list: [entry('sk-1'), entry('sk-2')] });
    const [first, second] = parseGatewayConfig(source, {}).deployments;
    expect(second?.id).toBe(`${first?.id}-2`);
  });
});
