import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../../_shared/errors.ts';
import { hashApiKey, secretsEqual } from '../../_shared/secrets.ts';
import type { Principal } from '../call.ts';
import type { Step } from '../stairs.ts';

export type Authenticator = (headers: IncomingHttpHeaders) => Principal;

/**
 * Who the bearer of a key is. Keys come as `Authorization: Bearer` or, as Anthropic's and
 * Azure's clients send them, as `x-api-key` or `api-key`. Throws `authentication`; the message
 * never repeats the key.
 */
export function createAuthenticator({ masterKey }: { masterKey: string }): Authenticator {
  const master: Principal = {
    keyId: hashApiKey(masterKey),
    keyAlias: 'master key',
    teamId: '',
    userId: '',
  };
  return function authenticate(headers) {
    const key = keyOf(headers);
    if (key === null) {
      throw new GatewayError(
        'authentication',
        'No API key was sent. Send one as "Authorization: Bearer <key>".',
      );
    }
    if (!secretsEqual(key, masterKey)) {
      throw new GatewayError('authentication', 'The API key is not valid.');
    }
    return master;
  };
}

export function authenticate({ authenticator }: { authenticator: Authenticator }): Step {
  return async function authenticate(call, next) {
    call.principal = authenticator(call.request.headers);
    await next();
  };
}

function keyOf(headers: IncomingHttpHeaders): string | null {
  const { authorization } = headers;
  if (authorization !== undefined) {
    const [scheme = '', key = ''] = authorization.split(' ', 2);
    if (scheme.toLowerCase() === 'bearer' && key !== '') return key;
  }
  for (const name of ['x-api-key', 'api-key']) {
    const value = headers[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}
