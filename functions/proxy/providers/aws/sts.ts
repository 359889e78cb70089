import { GatewayError } from '../../../_shared/errors.ts';
import type { Lease } from './credential-cache.ts';
import { fetchText } from './fetch-text.ts';
import { type Credentials, createSigner } from './signature.ts';

export interface Sts {
  /** `https://sts.eu-west-1.amazonaws.com` */
  endpoint: string;
  region: string;
}

export interface Role {
  arn: string;
  /** In the names of what is done by it, in CloudTrail. */
  sessionName: string;
  /** That the role's owner wants to be told. */
  externalId?: string;
}

const durationSeconds = '3600';

/** Credentials for a role, by those of somebody who may take it. */
export function assumeRole(sts: Sts, role: Role, credentials: Credentials): Promise<Lease> {
  return askSts(
    sts,
    role,
    {
      Action: 'AssumeRole',
      ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
    },
    credentials,
  );
}

/** Credentials for a role, by a token that an identity provider signed (a cluster, for IRSA). */
export function assumeRoleWithWebIdentity(sts: Sts, role: Role, token: string): Promise<Lease> {
  const asked = { Action: 'AssumeRoleWithWebIdentity', WebIdentityToken: token };
  return askSts(sts, role, asked, null);
}

async function askSts(
  { endpoint, region }: Sts,
  role: Role,
  asked: Record<string, string>,
  credentials: Credentials | null,
): Promise<Lease> {
  const url = new URL(endpoint);
  const body = new URLSearchParams({
    Version: '2011-06-15',
    RoleArn: role.arn,
    RoleSessionName: role.sessionName,
    DurationSeconds: durationSeconds,
    ...asked,
  }).toString();
  const plain = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  const path = url.pathname;
  const headers = credentials
    ? createSigner({ region, service: 'sts' })(
        { method: 'POST', host: url.host, path, headers: plain, body },
        credentials,
        new Date(),
      )
    : plain;
  const { status, text } = await fetchText({ method: 'POST', url: url.href, headers, body });
  if (status !== 200) throw refused(role, status, text);
  return readLease(text);
}

/** The few members that matter, each of which STS's XML has once. */
function member(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}

function readLease(xml: string): Lease {
  const [accessKeyId, secretAccessKey, sessionToken, expiration] = [
    ...['AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration'],
  ].map((name) => member(xml, name));
  const expiresAt = Date.parse(expiration ?? '');
  if (!accessKeyId || !secretAccessKey || !sessionToken || Number.isNaN(expiresAt)) {
    throw new GatewayError('upstream', 'AWS STS answered without credentials.');
  }
  return { credentials: { accessKeyId, secretAccessKey, sessionToken }, expiresAt };
}

/** What is wrong is the gateway's own set-up: to a client it is as a wrong key of an upstream. */
function refused({ arn }: Role, status: number, xml: string): GatewayError {
  const why = member(xml, 'Message') ?? `it answered ${status}`;
  const type = member(xml, 'Code');
  return new GatewayError('upstream', `AWS STS gave no credentials for ${arn}: ${why}`, {
    ...(type === undefined ? {} : { type }),
    ...(status >= 500 ? {} : { status: 401, upstreamCode: 'invalid_api_key' }),
  });
}
