import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { deriveKey } from '../_shared/secrets.ts';
import type { EpochMs } from '../_shared/units.ts';

const cookieName = 'tallygate_session';
const lifetimeMs = 12 * 3600_000;
const ivBytes = 12;
const tagBytes = 16;

const session = z.object({ username: z.string(), expires_at: z.number() });
export type Session = z.infer<typeof session>;

export interface Sessions {
  /** The session that a request belongs to; null when it has none that still holds. */
  of(request: IncomingMessage): Session | null;
  /** Starts a session of 12 hours by setting its cookie. */
  start(request: IncomingMessage, response: ServerResponse): Session;
  /** Takes the cookie away. The dashboard keeps no list of sessions, so any replica can answer. */
  end(request: IncomingMessage, response: ServerResponse): void;
}

/**
 * Sessions that live in a cookie sealed with AES-256-GCM by a key derived from the master key. The
 * username and a digest of the password are bound to the seal: after either changes, or the master
 * key does, no older cookie opens.
 */
export function createSessions({
  masterKey,
  username,
  password,
  now,
}: {
  masterKey: string;
  username: string;
  password: string;
  now: () => EpochMs;
}): Sessions {
  const key = deriveKey(masterKey, 'session');
  const bound = createHash('sha256').update(`${username}\0${password}`).digest();

  const seal = (value: Session): string => {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(bound);
    const sealed = Buffer.concat([cipher.update(JSON.stringify(value)), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  };

  const open = (cookie: string): Session | null => {
    const bytes = Buffer.from(cookie, 'base64url');
    if (bytes.length <= ivBytes + tagBytes) return null;
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(bound).setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
    try {
      const opened = Buffer.concat([
        decipher.update(bytes.subarray(ivBytes + tagBytes)),
        decipher.final(),
      ]);
      return session.parse(JSON.parse(opened.toString()));
    } catch {
      return null;
    }
  };

  return {
    of(request) {
      const cookie = cookieOf(request);
      const found = cookie === undefined ? null : open(cookie);
      return found !== null && found.expires_at > now() ? found : null;
    },
    start(request, response) {
      const started = { username, expires_at: now() + lifetimeMs };
      setCookie(request, response, seal(started), lifetimeMs / 1000);
      return started;
    },
    end(request, response) {
      setCookie(request, response, '', 0);
    },
  };
}

function cookieOf(request: IncomingMessage): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = pair.split('=', 2);
    if (name?.trim() === cookieName) return value?.trim();
  }
  return undefined;
}

function setCookie(
  request: IncomingMessage,
  response: ServerResponse,
  value: string,
  maxAgeSeconds: number,
): void {
  const attributes = [
    `${cookieName}=${value}`,
    `Max-Age=${maxAgeSeconds}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Lax',
    ...(cameByHttps(request) ? ['Secure'] : []),
  ];
  response.setHeader('set-cookie', attributes.join('; '));
}

/** TLS ends before us, at the cluster's ingress, which says how the browser came. */
function cameByHttps({ headers }: IncomingMessage): boolean {
  const scheme = String(headers['x-forwarded-proto'] ?? '').split(',')[0];
  return (
    scheme?.trim().toLowerCase() === 'https' ||
    /(^|[;,\s])proto="?https\b/i.test(headers.forwarded ?? '')
  );
}
