import { describe, expect, test } from 'vitest';
import { parseGatewayConfig } from './gateway-config.ts';

const minimal = `
model_list:
  - model_name: custom-llm
    litellm_params:
      model: os.environ/LLM_MODEL
      custom_llm_provider: custom_openai
      api_base: os.environ/LLM_API_BASE
      api_key: os.environ/LLM_API_KEY
`;

describe('config.yaml', () => {
  test('resolves os.environ/ and leaves out what is not set', () => {
    const { deployments } = parseGatewayConfig(minimal, {
      LLM_MODEL: 'openai/gpt-4o',
      LLM_API_BASE: 'https://openrouter.ai/api/v1/',
    });
    expect(deployments).toMatchObject([
      {
        modelName: 'custom-llm',
        model: 'openai/gpt-4o',
        customProvider: 'custom_openai',
        apiBase: 'https://openrouter.ai/api/v1',
        apiKey: null,
        timeoutMs: 600_000,
      },
    ]);
  });

  test('a model without its environment variable is a fault that says so', () => {
    expect(() => parseGatewayConfig(minimal, { LLM_API_BASE: 'http://localhost/v1' })).toThrow(
      'model_list.0.litellm_params.model (from LLM_MODEL) is missing',
    );
  });

  test.each(['nonsense', 'localhost:11434/v1'])('%s as a base names the variable', (base) => {
    expect(() => parseGatewayConfig(minimal, { LLM_API_BASE: base, LLM_MODEL: 'm' })).toThrow(
      'model_list.0.litellm_params.api_base (from LLM_API_BASE) must be a URL that begins with http://',
    );
  });

  test('names every key that is not honoured, once', () => {
    const { warnings } = parseGatewayConfig(
      `${minimal}      itpm: 5
  - model_name: other
    litellm_params: { model: openai/gpt-4o, itpm: 6 }
litellm_settings: { json_logs: true }
guardrails: []
`,
      { LLM_MODEL: 'm' },
    );
    expect(warnings).toEqual([
      'config.yaml: model_list[].litellm_params.itpm is not supported yet and has no effect',
      'config.yaml: litellm_settings.json_logs is not supported yet and has no effect',
      'config.yaml: guardrails is not supported yet and has no effect',
    ]);
  });

  test('own prices come from litellm_params, then from model_info', () => {
    const { deployments } = parseGatewayConfig(
      `
model_list:
  - model_name: a
    litellm_params: { model: openai/a, input_cost_per_token: 0.000001 }
    model_info: { id: the-id, input_cost_per_token: 0.5, output_cost_per_token: 0.000002 }
`,
      {},
    );
    expect(deployments[0]).toMatchObject({
      id: 'the-id',
      prices: { input: 0.000001, output: 0.000002 },
    });
  });

  test('what only some providers read is kept; drop_params of a model wins over that of all', () => {
    const { deployments, warnings } = parseGatewayConfig(
      `
model_list:
  - model_name: a
    litellm_params: { model: azure/a, api_version: v1, extra_headers: { x-team: a } }
  - model_name: b
    litellm_params: { model: openai/b, drop_params: false }
litellm_settings: { drop_params: true }
`,
      {},
    );
    expect(deployments.map(({ params }) => params)).toEqual([
      { api_version: 'v1', extra_headers: { 'x-team': 'a' }, drop_params: true },
      { drop_params: false },
    ]);
    expect(warnings).toEqual([]);
  });

  test('one model in two places is two deployments', () => {
    const { deployments } = parseGatewayConfig(
      `
model_list:
  - model_name: a
    litellm_params: { model: vertex_ai/a, vertex_project: p, vertex_location: us-east4 }
  - model_name: a
    litellm_params: { model: vertex_ai/a, vertex_project: p, vertex_location: global }
`,
      {},
    );
    expect(new Set(deployments.map(({ id }) => id)).size).toBe(2);
  });

  test('says where the YAML is broken', () => {
    expect(() => parseGatewayConfig('model_list: [', {})).toThrow(/line 1/);
  });

  test.each([
    ['model_list: []', 'model_list needs at least one model'],
    ['{}', 'model_list'],
    ['model_list: [{model_name: a, litellm_params: {model: x, timeout: -1}}]', 'timeout'],
    ['model_list: [{model_name: a, litellm_params: {model: x, api_base: ftp://x}}]', 'api_base'],
    ['model_list: [{model_name: a, litellm_params: {model: x, extra_headers: {"a b": c}}}]', 'a b'],
    [
      'model_list: [{model_name: a, litellm_params: {model: x, extra_headers: {a: "b\\r\\nc"}}}]',
      'is no header value',
    ],
  ])('refuses %s', (source, fault) => {
    expect(() => parseGatewayConfig(source, {})).toThrow(fault);
  });
});
