import { describe, expect, test } from 'vitest';
import { aDeployment } from '../call.fixture.ts';
import { compatible } from './compatible.ts';
import { resolveTarget } from './target.ts';

const at = (model: string, fields = {}, environment = {}) =>
  resolveTarget(
    aDeployment({ model, customProvider: null, apiBase: null, ...fields }),
    environment,
  );

describe('a model’s name', () => {
  test.each([
    ['groq/openai/gpt-oss-20b', 'groq', 'openai/gpt-oss-20b'],
    ['gpt-4o', 'openai', 'gpt-4o'],
    ['claude-sonnet-4-5', 'anthropic', 'claude-sonnet-4-5'],
    ['anthropic/claude-opus-4-7', 'anthropic', 'claude-opus-4-7'],
    ['fireworks_ai/deepseek-v3p1', 'fireworks_ai', 'accounts/fireworks/models/deepseek-v3p1'],
    ['fireworks_ai/accounts/me/models/mine', 'fireworks_ai', 'accounts/me/models/mine'],
    ['huggingface/together/Qwen/Qwen3-8B', 'huggingface', 'Qwen/Qwen3-8B:together'],
    ['huggingface/Qwen/Qwen3-8B', 'huggingface', 'Qwen/Qwen3-8B'],
  ])('%s is at %s: %s', (model, provider, name) => {
    expect(at(model)).toMatchObject({ provider, model: name });
  });

  test('of a provider that nobody knows is a fault that says what to do', () => {
    expect(() => at('nobody/model')).toThrow(/"nobody" is not supported.*custom_openai/);
  });
});

describe('the place', () => {
  test.each([...compatible].filter(([, row]) => row.api_base))('of %s is known', (name, row) => {
    expect(at(`${name}/model`).apiBase).toBe(`${row.api_base}${row.base_suffix ?? ''}`);
  });

  test('is the file’s, then the environment’s, then the provider’s own', () => {
    const environment = { GROQ_API_BASE: 'http://egress.internal/groq/v1/' };
    expect(at('groq/m', {}, environment).apiBase).toBe('http://egress.internal/groq/v1');
    const apiBase = 'http://10.0.0.1/v1';
    expect(at('groq/m', { apiBase }, environment).apiBase).toBe(apiBase);
    expect(at('groq/m').apiBase).toBe('https://api.groq.com/openai/v1');
  });

  test.each(['http://gpu:11434', 'http://gpu:11434/', 'http://gpu:11434/v1'])(
    'of Ollama is its OpenAI API, with %s too',
    (apiBase) => expect(at('ollama/m', { apiBase }).apiBase).toBe('http://gpu:11434/v1'),
  );

  test('that nothing tells is a fault that names the variable', () => {
    expect(() => at('hosted_vllm/m')).toThrow(/api_base is not set, nor is HOSTED_VLLM_API_BASE/);
    expect(() => at('groq/m', {}, { GROQ_API_BASE: 'nonsense' })).toThrow(/must be a URL/);
  });
});

describe('the key', () => {
  const keyOf = (...given: Parameters<typeof at>) => at(...given).openai?.headers.authorization;
  const environment = { GROQ_API_KEY: 'gsk-env' };

  test('is the deployment’s, or the environment’s', () => {
    expect(keyOf('groq/m', { apiKey: 'own' }, environment)).toBe('Bearer own');
    expect(keyOf('groq/m', {}, environment)).toBe('Bearer gsk-env');
    expect(keyOf('groq/m', {}, {})).toBeUndefined();
  });

  test('of the environment goes to where the provider is, and nowhere else', () => {
    const apiBase = 'https://someone.example/v1';
    expect(keyOf('groq/m', { apiBase }, environment)).toBeUndefined();
    expect(keyOf('groq/m', {}, { ...environment, GROQ_API_BASE: apiBase })).toBe('Bearer gsk-env');
    expect(keyOf('groq/m', { apiBase: 'https://api.groq.com/openai/v2' }, environment)).toBe(
      'Bearer gsk-env',
    );
  });

  test('of a provider that has no place of its own goes to where it is said to be', () => {
    const apiBase = 'https://mine.openai.azure.com';
    const target = at('azure/m', { apiBase }, { AZURE_API_KEY: 'az' });
    expect(target.openai?.headers['api-key']).toBe('az');
  });
});

describe('Azure', () => {
  const paths = (apiBase: string, params = {}) => {
    const { openai } = at('azure/my gpt', { apiBase, params });
    return [openai?.pathOf('/chat/completions'), openai?.pathOf('/models')];
  };
  const version = 'api-version=2025-02-01-preview';
  const chat = `/openai/deployments/my%20gpt/chat/completions?${version}`;
  const v1 = ['/openai/v1/chat/completions', '/openai/v1/models'];

  test.each([
    ['https://r.openai.azure.com', {}, [chat, `/openai/models?${version}`]],
    ['https://r.openai.azure.com/openai', {}, [chat, `/openai/models?${version}`]],
    [
      'https://r.openai.azure.com/openai/deployments/other',
      {},
      [`/openai/deployments/other/chat/completions?${version}`, `/openai/models?${version}`],
    ],
    ['https://r.openai.azure.com', { api_version: 'v1' }, v1],
    ['https://r.openai.azure.com/openai/v1', {}, v1],
  ])('at %s %j', (apiBase, params, expected) => {
    expect(paths(apiBase, params)).toEqual(expected);
  });
});

test('headers of the deployment’s own are sent, with the organization', () => {
  const params = { organization: 'org-1', extra_headers: { 'x-team': 'a' } };
  expect(at('openai/m', { params }).openai?.headers).toMatchObject({
    'openai-organization': 'org-1',
    'x-team': 'a',
  });
});
