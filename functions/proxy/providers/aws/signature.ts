import { createHmac, hash } from 'node:crypto';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface Signable {
  method: string;
  /** With its port, where that is not the scheme's own. */
  host: string;
  /** As it goes over the wire, with its query. */
  path: string;
  /** Those to be signed; others may be added afterwards. Names are in lower case. */
  headers: Record<string, string>;
  body: string;
}

export interface Scope {
  region: string;
  service: string;
}

const algorithm = 'AWS4-HMAC-SHA256';

export type Signer = (
  request: Signable,
  credentials: Credentials,
  now: Date,
) => Record<string, string>;

/**
 * Gives the headers of a request with AWS's signature (SigV4). The path is encoded once more than
 * it is on the wire, as all services but S3 want it.
 */
export function createSigner({ region, service }: Scope): Signer {
  // It is another key each day only, and costs four fifths of a signature.
  let kept = { secret: '', date: '', key: Buffer.alloc(0) };
  const keyFor = (secret: string, date: string): Buffer => {
    if (kept.secret !== secret || kept.date !== date) {
      const key = [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secret}`, date));
      kept = { secret, date, key };
    }
    return kept.key;
  };

  return ({ method, host, path, headers, body }, credentials, now) => {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const time = now.toISOString().replace(/[-:]|\.\d{3}/g, '');
    const date = time.slice(0, 8);
    const sent: Record<string, string> = {
      ...headers,
      'x-amz-date': time,
      ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
    };
    const signed: Record<string, string> = { ...sent, host };
    const names = Object.keys(signed).sort();
    const [pathname = '', query = ''] = path.split('?', 2);
    const canonical = [
      method,
      pathname.split('/').map(encode).join('/'),
      sortedQuery(query),
      ...names.map((name) => `${name}:${signed[name]?.trim().replace(/ +/g, ' ')}`),
      '',
      names.join(';'),
      hash('sha256', body),
    ].join('\n');
    const scope = `${date}/${region}/${service}/aws4_request`;
    const text = [algorithm, time, scope, hash('sha256', canonical)].join('\n');
    const signature = hmac(keyFor(secretAccessKey, date), text).toString('hex');
    return {
      ...sent,
      authorization: `${algorithm} Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
    };
  };
}

/** By name, then by value: `a=1` comes before `a-b=1`, as `=` does not in ASCII. */
const sortedQuery = (query: string) =>
  query
    .split('&')
    .map((pair) => pair.replace('=', '\0'))
    .sort()
    .join('&')
    .replaceAll('\0', '=');

const hmac = (key: string | Buffer, text: string) =>
  createHmac('sha256', key).update(text).digest();

/** RFC 3986: all but letters, digits and `-._~`, of which JavaScript leaves some more as they are. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
