import type { ProviderParams } from '../../../_shared/config/provider-params.ts';
import { containerUrl, fetchContainerCredentials } from './container.ts';
import type { CredentialCache, CredentialSource } from './credential-cache.ts';
import { assumeRole, assumeRoleWithWebIdentity, type Role, type Sts } from './sts.ts';
import { readTokenFile } from './token-file.ts';

interface Surroundings {
  params: ProviderParams;
  environment: NodeJS.ProcessEnv;
  region: string;
  /** Of those that a role is taken with. */
  cache: CredentialCache;
}

/**
 * Where a deployment's AWS credentials come from, as LiteLLM looks for them: its own keys, else the
 * environment's (keys, a web identity as IRSA has it, a container's agent); and by these the role
 * that it names, or by a web identity of its own. Null where there are none.
 */
export function findCredentials(given: Surroundings): CredentialSource | null {
  const { params, environment, region, cache } = given;
  const sts: Sts = { endpoint: stsEndpoint(given), region };
  const token = params.aws_web_identity_token;
  const arn = params.aws_role_name ?? (token === undefined ? undefined : environment.AWS_ROLE_ARN);
  const role: Role | null =
    arn === undefined
      ? null
      : {
          arn,
          sessionName: params.aws_session_name ?? 'tallygate',
          ...(params.aws_external_id === undefined ? {} : { externalId: params.aws_external_id }),
        };
  if (role && token !== undefined) return webIdentity(sts, role, tokenReader(token, environment));
  const base = ownKeys(params) ?? ofEnvironment(environment, sts);
  if (!role || !base) return base;
  return {
    id: idOf('role', sts.endpoint, role, base.id),
    load: async () => assumeRole(sts, role, await cache.get(base)),
  };
}

function stsEndpoint({ params, environment, region }: Surroundings): string {
  const given = params.aws_sts_endpoint ?? environment.AWS_ENDPOINT_URL_STS;
  return given || `https://sts.${region}.${awsDomain(region)}`;
}

export const awsDomain = (region: string) =>
  region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';

function ownKeys(params: ProviderParams): CredentialSource | null {
  const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token } = params;
  return id === undefined || secret === undefined ? null : keys(id, secret, aws_session_token);
}

function ofEnvironment(environment: NodeJS.ProcessEnv, sts: Sts): CredentialSource | null {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN } = environment;
  if (id && secret) return keys(id, secret, AWS_SESSION_TOKEN || undefined);
  const { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: arn } = environment;
  if (file && arn) {
    const sessionName = environment.AWS_ROLE_SESSION_NAME || 'tallygate';
    return webIdentity(
      sts,
      { arn, sessionName },
      {
        id: file,
        read: () => readTokenFile(file),
      },
    );
  }
  const url = containerUrl(environment);
  if (url === null) return null;
  return { id: idOf('container', url), load: () => fetchContainerCredentials(url, environment) };
}

function keys(
  accessKeyId: string,
  secretAccessKey: string,
  sessionToken: string | undefined,
): CredentialSource {
  const credentials = {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
  return {
    id: idOf('keys', credentials),
    load: async () => ({ credentials, expiresAt: null }),
  };
}

interface TokenReader {
  id: string;
  read(): Promise<string>;
}

function webIdentity(sts: Sts, role: Role, token: TokenReader): CredentialSource {
  return {
    id: idOf('web identity', sts.endpoint, role, token.id),
    load: async () => assumeRoleWithWebIdentity(sts, role, await token.read()),
  };
}

/** LiteLLM's `oidc/file/<path>` and `oidc/env/<NAME>`, a file's path, or the token itself. */
function tokenReader(given: string, environment: NodeJS.ProcessEnv): TokenReader {
  const name = /^oidc\/env\/(.+)$/.exec(given)?.[1];
  const path = /^oidc\/file\/(.+)$/.exec(given)?.[1] ?? (given.startsWith('/') ? given : undefined);
  return {
    id: given,
    read: async () => {
      if (path !== undefined) return readTokenFile(path);
      return name === undefined ? given : (environment[name] ?? '');
    },
  };
}

/** Secrets are among what tells sources apart; it is a key in memory, and never told. */
const idOf = (...parts: unknown[]) => JSON.stringify(parts);
