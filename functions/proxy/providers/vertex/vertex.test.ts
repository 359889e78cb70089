import { verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProviderParams } from '../../../_shared/config/provider-params.ts';
import { aDeployment } from '../../call.fixture.ts';
import { resolveTarget } from '../target.ts';
import { aServiceAccount, publicKey, startTokenEndpoint } from './token-endpoint.fixture.ts';

let google: Awaited<ReturnType<typeof startTokenEndpoint>>;
let folder: string;
beforeEach(async () => {
  google = await startTokenEndpoint();
  folder = mkdtempSync(join(tmpdir(), 'vertex-'));
});
afterEach(() => {
  google.close();
  rmSync(folder, { recursive: true });
});

interface Fields {
  params?: ProviderParams;
  apiKey?: string;
  apiBase?: string;
}

function at(model: string, fields: Fields = {}, environment: NodeJS.ProcessEnv = {}) {
  const deployment = { customProvider: null, apiBase: null, ...fields };
  return resolveTarget(aDeployment({ model: `vertex_ai/${model}`, ...deployment }), environment);
}

async function request(target: ReturnType<typeof at>, stream = false) {
  const chat = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi' }], stream };
  const ask = { chat, model: target.model, dropParams: false, clientHeaders: {} };
  const exchange = await target.adapter?.begin(ask);
  if (!exchange) throw new Error('Vertex has an adapter');
  return exchange.request;
}

const account = () => aServiceAccount(google.url);
const vertex_project = 'books-1';

describe('the place', () => {
  test.each([
    ['us-central1', 'us-central1-aiplatform.googleapis.com'],
    ['europe-west4', 'europe-west4-aiplatform.googleapis.com'],
    ['global', 'aiplatform.googleapis.com'],
    ['eu', 'aiplatform.eu.rep.googleapis.com'],
  ])('of %s is %s', async (vertex_location, host) => {
    const params = { vertex_project, vertex_location };
    const target = at('gemini-2.5-flash', { params, apiKey: 'k' });
    expect(target.origin).toBe(`https://${host}`);
    expect((await request(target, true)).path).toBe(
      `/v1/projects/books-1/locations/${vertex_location}/publishers/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse`,
    );
  });

  test('is the environment’s where the file does not tell', async () => {
    const environment = { VERTEXAI_PROJECT: 'env-1', VERTEXAI_LOCATION: 'asia-east1' };
    const target = at('gemini-2.5-flash', { apiKey: 'k' }, environment);
    expect(target.apiBase).toBe('https://asia-east1-aiplatform.googleapis.com/v1');
    expect((await request(target)).path).toContain('/projects/env-1/locations/asia-east1/');
  });

  test('of a key in express mode needs no project', async () => {
    const target = at('gemini-2.5-flash', { apiKey: 'k' });
    expect(await request(target)).toMatchObject({
      path: '/v1/publishers/google/models/gemini-2.5-flash:generateContent',
      headers: { 'x-goog-api-key': 'k' },
    });
  });

  test.each([
    ['no location', 'gemini-2.5-flash', { vertex_location: 'evil.example/#' }, /no location/],
    ['no project', 'gemini-2.5-flash', {}, /vertex_project is not set/],
    ['a wire that is not spoken', 'meta/llama-3.1-405b', { vertex_project }, /only Gemini/],
  ])('that cannot be: %s', (_why, model, params, message) => {
    expect(() => at(model, { params })).toThrow(message);
  });
});

describe('the access token', () => {
  test('is had for a service account’s signed word', async () => {
    const target = at('gemini-2.5-flash', { params: { vertex_credentials: account() } });
    const { path, headers } = await request(target);
    expect(path).toContain('/projects/books-1/');
    expect(headers).toMatchObject({ authorization: 'Bearer ya29.1' });
    const form = google.asked[0]?.form;
    expect(form?.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [head = '', claims = '', signature = ''] = form?.get('assertion')?.split('.') ?? [];
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(head)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'key-1' });
    expect(read(claims)).toMatchObject({
      iss: 'gateway@books-1.iam.gserviceaccount.com',
      aud: google.url,
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      exp: read(claims).iat + 3600,
    });
    const signed = Buffer.from(`${head}.${claims}`);
    const bytes = Buffer.from(signature, 'base64url');
    expect(verify('RSA-SHA256', signed, publicKey, bytes)).toBe(true);
  });

  test('is one for calls, streams, Claude and the probe alike', async () => {
    const params = { vertex_credentials: JSON.stringify(account()) };
    const target = at('claude-sonnet-4-5@20250929', { params });
    const { adapter } = target;
    const requests = await Promise.all([request(target), request(target, true)]);
    const probe = typeof adapter?.probe === 'function' ? await adapter.probe() : adapter?.probe;
    expect(probe?.path).toBe('/v1/publishers/anthropic/models/claude-sonnet-4-5@20250929');
    for (const each of [...requests, probe]) {
      expect(each?.headers).toMatchObject({ authorization: 'Bearer ya29.1' });
    }
    expect(google.asked).toHaveLength(1);
  });

  test('is had for a file’s account, or a user’s refresh token, that the environment names', async () => {
    const path = join(folder, 'adc.json');
    const user = { client_id: 'c', client_secret: 's', refresh_token: 'r', token_uri: google.url };
    writeFileSync(path, JSON.stringify({ type: 'authorized_user', ...user }));
    const environment = { GOOGLE_APPLICATION_CREDENTIALS: path, GOOGLE_CLOUD_PROJECT: 'env-1' };
    await request(at('gemini-2.5-flash', {}, environment));
    expect(Object.fromEntries(google.asked[0]?.form ?? [])).toEqual({
      grant_type: 'refresh_token',
      client_id: 'c',
      client_secret: 's',
      refresh_token: 'r',
    });
  });

  test('is the metadata server’s where nothing is named', async () => {
    const params = { vertex_project };
    const target = at('gemini-2.5-flash', { params }, { GCE_METADATA_HOST: google.host });
    expect((await request(target)).headers).toMatchObject({ authorization: 'Bearer ya29.1' });
    expect(google.asked[0]).toMatchObject({
      path: '/computeMetadata/v1/instance/service-accounts/default/token',
      headers: { 'metadata-flavor': 'Google' },
    });
  });

  test('of the environment goes to Google, and nowhere else', () => {
    const apiBase = 'https://someone.example';
    const params = { vertex_project };
    expect(() => at('gemini-2.5-flash', { params, apiBase })).toThrow(/api_base is not Google's/);
    const environment = { VERTEXAI_API_BASE: apiBase };
    expect(at('gemini-2.5-flash', { params }, environment).origin).toBe(apiBase);
  });

  test('that is refused is told of, without a secret', async () => {
    Object.assign(google.answers, {
      status: 400,
      body: () => ({ error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }),
    });
    const target = at('gemini-2.5-flash', { params: { vertex_credentials: account() } });
    await expect(request(target)).rejects.toMatchObject({
      code: 'upstream',
      retryable: false,
      message: `Google gave no access token: http://${google.host} answered 400, invalid_grant: Invalid JWT Signature.. Check vertex_credentials.`,
    });
  });

  test('of an endpoint that is not there, or does not end, is an error too', async () => {
    const target = at('gemini-2.5-flash', { params: { vertex_credentials: account() } });
    google.answers.body = () => 'x'.repeat(70_000);
    await expect(request(target)).rejects.toThrow(/cannot be reached \(an answer of over 65536/);
    google.close();
    await expect(request(target)).rejects.toMatchObject({ code: 'upstream_unreachable' });
  });
});

describe('credentials that are none say what to do', () => {
  test.each([
    ['a file that is not there', '/nowhere/key.json', /file \/nowhere\/key.json cannot be read/],
    ['a text that is not JSON', '{"type": ', /the text is not JSON/],
    ['another type', { type: 'external_account' }, /of a type that is not supported/],
    ['half a key', { type: 'service_account', client_email: 'a' }, /lack a right private_key/],
    [
      'a broken key',
      { type: 'service_account', client_email: 'a', private_key: 'secret!' },
      /private_key is no PEM key/,
    ],
  ])('%s', (_what, vertex_credentials, message) => {
    const start = () => at('gemini-2.5-flash', { params: { vertex_credentials } });
    expect(start).toThrow(message);
    expect(start).not.toThrow(/secret!/);
  });
});
