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

/**
 * The headers of a request with AWS's signature (SigV4). The path is encoded once more than it is
 * on the wire, as all services but S3 want it.
 */
export function signRequest(
  { method, host, path, headers, body }: Signable,
  { region, service }: Scope,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  now: Date,
): Record<string, string> {
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
    query.split('&').sort().join('&'),
    ...names.map((name) => `${name}:${signed[name]?.trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    hash('sha256', body),
  ].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${secretAccessKey}`,
  );
  const text = [algorithm, time, scope, hash('sha256', canonical)].join('\n');
  const signature = hmac(key, text).toString('hex');
  return {
    ...sent,
    authorization: `${algorithm} Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

const hmac = (key: string | Buffer, text: string) =>
  createHmac('sha256', key).update(text).digest();

/** RFC 3986: all but letters, digits and `-._~`, of which JavaScript leaves some more as they are. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
