import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { ProviderParams } from '../../../_shared/config/provider-params.ts';
import { createCredentialCache } from './credential-cache.ts';
import { findCredentials } from './credentials.ts';
import { createSigner } from './signature.ts';
import { rolesAnswer, startSts } from './sts.fixture.ts';

const arn = 'arn:aws:iam::123456789012:role/llm';
const hour = 3_600_000;
const own = { aws_access_key_id: 'AKIDOWN', aws_secret_access_key: 'own' };
const environmental = { AWS_ACCESS_KEY_ID: 'AKIDENV', AWS_SECRET_ACCESS_KEY: 'env' };

let sts: Awaited<ReturnType<typeof startSts>> | null = null;
afterEach(() => sts?.close());
const start = async (tell?: Parameters<typeof startSts>[0]) => {
  sts = await startSts(
    tell ??
      (({ form }, count) => ({
        body: rolesAnswer(String(form.Action), `ASIA${count}`, Date.now() + hour),
      })),
  );
  return sts;
};
const file = (content: string) => {
  const path = join(mkdtempSync(join(tmpdir(), 'token-')), 'token');
  writeFileSync(path, content);
  return path;
};

function find(params: ProviderParams, environment: NodeJS.ProcessEnv = {}) {
  const cache = createCredentialCache({ limit: 10, now: Date.now });
  const source = findCredentials({ params, environment, region: 'eu-west-1', cache });
  return { source, get: () => (source ? cache.get(source) : null) };
}

test.each([
  [own, environmental, { accessKeyId: 'AKIDOWN', secretAccessKey: 'own' }],
  [
    { ...own, aws_session_token: 't' },
    {},
    { accessKeyId: 'AKIDOWN', secretAccessKey: 'own', sessionToken: 't' },
  ],
  [
    {},
    { ...environmental, AWS_SESSION_TOKEN: 't' },
    { accessKeyId: 'AKIDENV', secretAccessKey: 'env', sessionToken: 't' },
  ],
  [
    {},
    { ...environmental, AWS_SESSION_TOKEN: '' },
    { accessKeyId: 'AKIDENV', secretAccessKey: 'env' },
  ],
])(
  'keys of the deployment come before those of the environment: %#',
  async (params, environment, keys) => {
    expect(await find(params, environment).get()).toEqual(keys);
  },
);

test('where nothing gives any, there are none', () => {
  expect(find({}).source).toBeNull();
  expect(find({ aws_role_name: arn }).source).toBeNull();
  expect(find({ aws_access_key_id: 'AKID' }).source).toBeNull();
});

test('a role is taken by a signed call, and once for all who want it', async () => {
  const { url, asked } = await start();
  const role = { aws_role_name: arn, aws_session_name: 'team-a', aws_external_id: 'x 1' };
  const { get } = find({ ...own, ...role, aws_sts_endpoint: url });
  const got = await Promise.all([get(), get(), get()]);
  expect(got).toEqual(Array(3).fill(expect.objectContaining({ accessKeyId: 'ASIA1' })));
  expect(await get()).toMatchObject({ sessionToken: expect.stringMatching(/^AQoDYXdz/) });
  expect(asked).toHaveLength(1);
  const [call] = asked;
  expect(call?.form).toEqual({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: arn,
    RoleSessionName: 'team-a',
    ExternalId: 'x 1',
    DurationSeconds: '3600',
  });
  const { host, authorization, 'x-amz-date': time } = call?.headers ?? {};
  const date = String(time).replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5');
  const signed = createSigner({ region: 'eu-west-1', service: 'sts' })(
    {
      method: 'POST',
      host: String(host),
      path: '/',
      headers: { 'content-type': String(call?.headers['content-type']) },
      body: new URLSearchParams(
        ['Version', 'RoleArn', 'RoleSessionName', 'DurationSeconds', 'Action', 'ExternalId'].map(
          (name) => [name, call?.form[name] ?? ''],
        ),
      ).toString(),
    },
    { accessKeyId: 'AKIDOWN', secretAccessKey: 'own' },
    new Date(date),
  );
  expect(authorization).toBe(signed.authorization);
});

test.each([
  ['a file', (path: string) => path],
  ['LiteLLM’s word for a file', (path: string) => `oidc/file/${path}`],
  ['LiteLLM’s word for a variable', () => 'oidc/env/TOKEN'],
  ['the token itself', () => 'eyJ.web.identity'],
])('a role is taken by a web identity from %s, without keys', async (_what, given) => {
  const { url, asked } = await start();
  const token = given(file('eyJ.web.identity\n'));
  const params = { aws_role_name: arn, aws_web_identity_token: token, aws_sts_endpoint: url };
  const { get } = find(params, { TOKEN: 'eyJ.web.identity' });
  expect(await get()).toMatchObject({ accessKeyId: 'ASIA1' });
  expect(asked[0]?.headers.authorization).toBeUndefined();
  expect(asked[0]?.form).toMatchObject({
    Action: 'AssumeRoleWithWebIdentity',
    RoleArn: arn,
    WebIdentityToken: 'eyJ.web.identity',
  });
});

test("a pod's own role (IRSA), and by it another one", async () => {
  const { url, asked } = await start();
  const environment = {
    AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/pod',
    AWS_WEB_IDENTITY_TOKEN_FILE: file('eyJ.pod'),
    AWS_ROLE_SESSION_NAME: 'pod-1',
    AWS_ENDPOINT_URL_STS: url,
  };
  expect(await find({}, environment).get()).toMatchObject({ accessKeyId: 'ASIA1' });
  expect(await find({ aws_role_name: arn }, environment).get()).toMatchObject({
    accessKeyId: 'ASIA3',
  });
  const of = ({ form }: (typeof asked)[number]) => [
    form.Action,
    form.RoleArn,
    form.RoleSessionName,
  ];
  expect(asked.map(of)).toEqual([
    ['AssumeRoleWithWebIdentity', environment.AWS_ROLE_ARN, 'pod-1'],
    ['AssumeRoleWithWebIdentity', environment.AWS_ROLE_ARN, 'pod-1'],
    ['AssumeRole', arn, 'tallygate'],
  ]);
  expect(asked[2]?.headers.authorization).toContain('Credential=ASIA2/');
  expect(asked[2]?.headers['x-amz-security-token']).toMatch(/^AQoDYXdz/);
});

test("a container's agent gives them (EKS Pod Identity, ECS)", async () => {
  const body = JSON.stringify({
    AccessKeyId: 'ASIAPOD',
    SecretAccessKey: 's',
    Token: 't',
    Expiration: new Date(Date.now() + hour).toISOString(),
  });
  const { url, asked } = await start(() => ({ body }));
  const environment = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/v1/credentials`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file('eyJ.agent\n'),
  };
  const keys = { accessKeyId: 'ASIAPOD', secretAccessKey: 's', sessionToken: 't' };
  expect(await find({}, environment).get()).toEqual(keys);
  expect(asked).toMatchObject([
    { method: 'GET', path: '/v1/credentials', headers: { authorization: 'eyJ.agent' } },
  ]);
});

const denied = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>AccessDenied</Code><Message>User: arn:aws:iam::1:user/a is not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>`;

test.each([
  [
    { status: 403, body: denied },
    /gave no credentials for arn.*not authorized to perform/,
    { status: 401, body: { error: { type: 'AccessDenied', code: 'invalid_api_key' } } },
  ],
  [{ status: 503, body: 'busy' }, /it answered 503/, { status: 502 }],
  [{ body: '<html>' }, /answered without credentials/, { status: 502 }],
  [{ body: 'x'.repeat(70_000) }, /over 65536 bytes/, { status: 502 }],
])('what STS says is told: %#', async (told, message, error) => {
  const { url } = await start(() => told);
  const { get } = find({ ...own, aws_role_name: arn, aws_sts_endpoint: url });
  await expect(get()).rejects.toThrow(message);
  await expect(get()).rejects.toMatchObject(error);
});

test('an STS that is not there, and a token that is not', async () => {
  const { url, close } = await start();
  close();
  const there = { aws_role_name: arn, aws_sts_endpoint: url };
  await expect(find({ ...own, ...there }).get()).rejects.toThrow(/No AWS credentials could be had/);
  const absent = find({ ...there, aws_web_identity_token: '/nowhere/token' });
  await expect(absent.get()).rejects.toThrow(/in \/nowhere\/token cannot be read/);
});

test("an agent's answer without credentials is told so", async () => {
  for (const told of [{ status: 404, body: '' }, { body: '[]' }, { body: '{"AccessKeyId":1}' }]) {
    const { url, close } = await start(() => told);
    const { get } = find({}, { AWS_CONTAINER_CREDENTIALS_FULL_URI: url });
    await expect(get()).rejects.toThrow(/without AWS credentials/);
    close();
  }
});
