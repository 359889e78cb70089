import { GatewayError } from '../../../_shared/errors.ts';
import type { Lease } from './credential-cache.ts';
import { fetchText } from './fetch-text.ts';
import { readTokenFile } from './token-file.ts';

/** Of ECS tasks. EKS Pod Identity sets a whole URL. */
const ecs = 'http://169.254.170.2';

export function containerUrl(environment: NodeJS.ProcessEnv): string | null {
  const relative = environment.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  return relative ? ecs + relative : environment.AWS_CONTAINER_CREDENTIALS_FULL_URI || null;
}

/** The credentials that a container is given by an agent on its node. */
export async function fetchContainerCredentials(
  url: string,
  environment: NodeJS.ProcessEnv,
): Promise<Lease> {
  const file = environment.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
  const token = file ? await readTokenFile(file) : environment.AWS_CONTAINER_AUTHORIZATION_TOKEN;
  const headers = { accept: 'application/json', ...(token ? { authorization: token } : {}) };
  const { status, text } = await fetchText({ method: 'GET', url, headers });
  return status === 200 ? readLease(text) : readLease('{}');
}

function readLease(text: string): Lease {
  const given = parse(text);
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = given;
  const expiresAt = Date.parse(String(Expiration));
  if (
    typeof AccessKeyId !== 'string' ||
    typeof SecretAccessKey !== 'string' ||
    typeof Token !== 'string' ||
    Number.isNaN(expiresAt)
  ) {
    throw new GatewayError('upstream', "The container's agent answered without AWS credentials.");
  }
  const credentials = {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: Token,
  };
  return { credentials, expiresAt };
}

function parse(text: string): Record<string, unknown> {
  try {
    const given: unknown = JSON.parse(text);
    return typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
