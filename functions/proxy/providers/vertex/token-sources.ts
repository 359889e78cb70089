import { sign } from 'node:crypto';
import { request } from 'undici';
import { z } from 'zod';
import { GatewayError } from '../../../_shared/errors.ts';
import type { Credentials } from './credentials.ts';

export interface IssuedToken {
  token: string;
  /** Seconds. */
  expiresIn: number;
}
export type TokenSource = () => Promise<IssuedToken>;

const scope = 'https://www.googleapis.com/auth/cloud-platform';
const patienceMs = 10_000;
/** It is next door, or it is not there at all. */
const metadataPatienceMs = 3000;
const longestAnswer = 64 * 1024;

const issued = z.object({
  access_token: z.string().min(1).max(16_384),
  expires_in: z.coerce.number().min(0).max(86_400).catch(0),
});
const refused = z.object({ error: z.string(), error_description: z.string().catch('') });

/** A token for a service account's signed word (RFC 7523), or for a user's refresh token. */
export function tokenEndpoint(credentials: Credentials): TokenSource {
  const { tokenUri } = credentials;
  return () => {
    const grant: Record<string, string> =
      credentials.kind === 'authorized_user'
        ? {
            grant_type: 'refresh_token',
            client_id: credentials.clientId,
            client_secret: credentials.clientSecret,
            refresh_token: credentials.refreshToken,
          }
        : {
            grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
            assertion: assertionOf(credentials),
          };
    return fetchToken(tokenUri, patienceMs, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(grant).toString(),
    });
  };
}

/** The token of the service account that a workload on Google Cloud runs as. */
export function metadataServer(environment: NodeJS.ProcessEnv): TokenSource {
  const host = environment.GCE_METADATA_HOST || 'metadata.google.internal';
  const url = `http://${host}/computeMetadata/v1/instance/service-accounts/default/token`;
  return () =>
    fetchToken(url, metadataPatienceMs, {
      method: 'GET',
      headers: { 'metadata-flavor': 'Google' },
    });
}

type Signer = Extract<Credentials, { kind: 'service_account' }>;

function assertionOf({ email, key, keyId, tokenUri }: Signer): string {
  const now = Math.floor(Date.now() / 1000);
  const head = { alg: 'RS256', typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) };
  const claims = { iss: email, scope, aud: tokenUri, iat: now, exp: now + 3600 };
  const signed = [head, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
}

interface Asking {
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
}

async function fetchToken(url: string, patience: number, asking: Asking): Promise<IssuedToken> {
  const { origin } = new URL(url);
  let status: number;
  let answer: unknown;
  try {
    const { statusCode, body } = await request(url, {
      ...asking,
      signal: AbortSignal.timeout(patience),
    });
    status = statusCode;
    answer = parse(await readText(body));
  } catch (cause) {
    const { code, message } = cause as { code?: string | number; message: string };
    throw new GatewayError(
      'upstream_unreachable',
      `Google gave no access token: ${origin} cannot be reached (${code || message}). Check vertex_credentials.`,
      { cause },
    );
  }
  const token = issued.safeParse(answer);
  if (status === 200 && token.success) {
    return { token: token.data.access_token, expiresIn: token.data.expires_in };
  }
  const { error = '', error_description = '' } = refused.safeParse(answer).data ?? {};
  const why = [error, error_description].filter(Boolean).join(': ').slice(0, 500);
  throw new GatewayError(
    'upstream',
    `Google gave no access token: ${origin} answered ${status}${why ? `, ${why}` : ''}. Check vertex_credentials.`,
    // A credential that is refused is the gateway's, not the caller's.
    { upstreamCode: 'invalid_api_key', retryable: status >= 500 || status === 429 },
  );
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of body) {
    length += piece.length;
    if (length > longestAnswer) throw new Error(`an answer of over ${longestAnswer} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
