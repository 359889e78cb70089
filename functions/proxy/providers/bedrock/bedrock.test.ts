import { expect, test } from 'vitest';
import { parseGatewayConfig } from '../../../_shared/config/gateway-config.ts';
import type { Ask } from '../adapter.ts';
import { createSigner } from '../aws/signature.ts';
import { resolveTarget } from '../target.ts';

const keys = {
  AWS_ACCESS_KEY_ID: 'AKIDENV',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 't',
};
const model = 'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0';

function target(params: object, environment: NodeJS.ProcessEnv = keys) {
  const entry = { model_name: 'm', litellm_params: { model, ...params } };
  const { deployments } = parseGatewayConfig(JSON.stringify({ model_list: [entry] }), {});
  const [deployment] = deployments;
  if (!deployment) throw new Error('the entry is a deployment');
  return resolveTarget(deployment, environment);
}

async function begin(params: object, environment?: NodeJS.ProcessEnv, stream = false) {
  const { adapter, model, origin } = target(params, environment);
  const messages = [{ role: 'user' as const, content: 'Grüße' }];
  const ask: Ask = {
    chat: { model, messages, stream },
    model,
    dropParams: false,
    clientHeaders: {},
  };
  const exchange = await adapter?.begin(ask);
  if (!exchange) throw new Error('Bedrock has a wire of its own');
  return { ...exchange.request, origin };
}

const timeOf = (stamp = '') =>
  new Date(stamp.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));

test.each([
  [{ aws_region_name: 'eu-west-1' }, {}, 'https://bedrock-runtime.eu-west-1.amazonaws.com'],
  [
    { model: 'bedrock/converse/ap-south-1/x.y' },
    {},
    'https://bedrock-runtime.ap-south-1.amazonaws.com',
  ],
  [
    { model: 'bedrock/arn:aws:bedrock:us-gov-east-1:1:inference-profile/us.x' },
    {},
    'https://bedrock-runtime.us-gov-east-1.amazonaws.com',
  ],
  [
    {},
    { AWS_REGION_NAME: 'sa-east-1', AWS_REGION: 'x' },
    'https://bedrock-runtime.sa-east-1.amazonaws.com',
  ],
  [{}, { AWS_DEFAULT_REGION: 'cn-north-1' }, 'https://bedrock-runtime.cn-north-1.amazonaws.com.cn'],
  [{}, {}, 'https://bedrock-runtime.us-west-2.amazonaws.com'],
  [
    { aws_bedrock_runtime_endpoint: 'https://vpce-1.bedrock-runtime.eu-west-1.vpce.amazonaws.com' },
    { AWS_BEDROCK_RUNTIME_ENDPOINT: 'https://elsewhere.test' },
    'https://vpce-1.bedrock-runtime.eu-west-1.vpce.amazonaws.com',
  ],
  [{}, { AWS_BEDROCK_RUNTIME_ENDPOINT: 'https://elsewhere.test' }, 'https://elsewhere.test'],
])('%j with %j is called at %s', (params, environment, apiBase) => {
  expect(target(params, { ...keys, ...environment }).apiBase).toBe(apiBase);
});

test('a call is signed, its session and all', async () => {
  const extra_headers = { 'X-Amzn-Bedrock-Trace': 'ENABLED', 'X-Team': 'a' };
  const { path, headers, body } = await begin({ aws_region_name: 'eu-west-1', extra_headers });
  expect(path).toBe('/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse');
  expect(headers).toMatchObject({ 'x-team': 'a', 'x-amz-security-token': 't' });
  const { authorization } = createSigner({ region: 'eu-west-1', service: 'bedrock' })(
    {
      method: 'POST',
      host: 'bedrock-runtime.eu-west-1.amazonaws.com',
      path,
      headers: { 'content-type': 'application/json', 'x-amzn-bedrock-trace': 'ENABLED' },
      body,
    },
    { accessKeyId: 'AKIDENV', secretAccessKey: 'secret', sessionToken: 't' },
    timeOf(headers['x-amz-date']),
  );
  expect(headers.authorization).toBe(authorization);
});

test('a stream of a profile by its ARN, below the path of a proxy', async () => {
  const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/k1';
  const { path } = await begin(
    { model: `bedrock/${arn}`, api_base: 'http://egress.internal:8080/aws/' },
    keys,
    true,
  );
  expect(path).toBe(
    '/aws/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fk1/converse-stream',
  );
});

test('what a profile stands for is told by base_model', async () => {
  const entry = {
    model_name: 'm',
    litellm_params: {
      model: 'bedrock/arn:aws:bedrock:us-east-1:1:application-inference-profile/k1',
    },
    model_info: { base_model: 'bedrock/anthropic.claude-opus-4-7' },
  };
  const { deployments } = parseGatewayConfig(JSON.stringify({ model_list: [entry] }), {});
  const [deployment] = deployments;
  const { adapter } = deployment ? resolveTarget(deployment, keys) : { adapter: null };
  const chat = {
    model: 'm',
    messages: [{ role: 'user' as const, content: 'a' }],
    reasoning_effort: 'low',
  };
  const ask = { chat, model: 'arn:aws:bedrock:us-east-1:1:application-inference-profile/k1' };
  const exchange = await adapter?.begin({ ...ask, dropParams: false, clientHeaders: {} });
  expect(JSON.parse(exchange?.request.body ?? '')).toMatchObject({
    additionalModelRequestFields: { thinking: { type: 'adaptive' } },
    outputConfig: { effort: 'low' },
  });
});

const bearer = { AWS_BEARER_TOKEN_BEDROCK: 'ABSK-env' };
const own = { aws_access_key_id: 'AKIDOWN', aws_secret_access_key: 's' };
test.each([
  ['a key of the deployment', { api_key: 'ABSK-own', ...own }, bearer, /^Bearer ABSK-own$/],
  ['a key of the environment', {}, { ...keys, ...bearer }, /^Bearer ABSK-env$/],
  ['AWS keys of the deployment before it', own, bearer, /Credential=AKIDOWN/],
  [
    'not a key of the environment, at another’s endpoint',
    { aws_bedrock_runtime_endpoint: 'https://elsewhere.test' },
    { ...keys, ...bearer },
    /Credential=AKIDENV/,
  ],
  [
    'nor at another’s api_base',
    { api_base: 'https://elsewhere.test' },
    { ...keys, ...bearer },
    /Credential=AKIDENV/,
  ],
])('it is authorized by %s', async (_what, params, environment, authorization) => {
  const { headers } = await begin(params, environment);
  expect(headers.authorization).toMatch(authorization);
});

test('a deployment without credentials is a wrong set-up', () => {
  expect(() => target({}, {})).toThrow(/entry m: no AWS credentials\. Set aws_access_key_id/);
});

test('half a key is a wrong set-up, though the environment has a whole one', () => {
  expect(() => target({ aws_access_key_id: 'AKID' })).toThrow(/go together; set both/);
});

test('whether it is well is asked with its credentials; to be denied the list is to be known', async () => {
  const probeOf = async (params: object) => {
    const { adapter } = target(params);
    return typeof adapter?.probe === 'function' ? adapter.probe() : null;
  };
  const denied = { 'x-amzn-errortype': 'AccessDeniedException:http://internal.amazon.com/' };
  const unknown = { 'x-amzn-errortype': 'UnrecognizedClientException' };
  const probe = await probeOf({});
  expect(probe?.path).toBe('/async-invoke?maxResults=1');
  expect(probe?.headers.authorization).toContain('Credential=AKIDENV');
  expect([denied, unknown, {}].map((headers) => probe?.isPassed?.(headers))).toEqual([
    true,
    false,
    false,
  ]);
  expect((await probeOf({ api_key: 'ABSK' }))?.isPassed?.(denied)).toBe(false);
});
