import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../errors.ts';

/**
 * Refuses what another site's page may have sent in the visitor's name: with their cookie, or from
 * inside their network. A form cannot send JSON, a script of another origin cannot without asking
 * first, and browsers name the origin of every POST; programs name none, and pass. Throws
 * `permission` or `invalid_request`.
 */
export function assertSameOrigin({ headers }: IncomingMessage): void {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/json') {
    throw new GatewayError('invalid_request', 'Send the content-type application/json.');
  }
  const { origin } = headers;
  if (origin === undefined) return;
  const host = URL.canParse(origin) ? new URL(origin).host : null;
  if (host === null || (host !== headers.host && host !== headers['x-forwarded-host'])) {
    throw new GatewayError('permission', `Requests from ${origin} are not accepted here.`);
  }
}
