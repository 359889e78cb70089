import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface TokenAsked {
  path: string;
  headers: IncomingHttpHeaders;
  form: URLSearchParams;
}

/** Google's token endpoint and metadata server, on a real socket. */
export async function startTokenEndpoint() {
  const asked: TokenAsked[] = [];
  const answers = { status: 200, body: (): unknown => ({}) };
  let issued = 0;
  answers.body = () => ({
    access_token: `ya29.${++issued}`,
    expires_in: 3599,
    token_type: 'Bearer',
  });
  const server = createServer(async (request, response) => {
    const form = new URLSearchParams(await text(request));
    asked.push({ path: request.url ?? '', headers: request.headers, form });
    response.writeHead(answers.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answers.body()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}/token`,
    asked,
    answers,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

export { publicKey };

/** A service account's JSON key. */
export function aServiceAccount(tokenUri: string): Record<string, string> {
  return {
    type: 'service_account',
    project_id: 'books-1',
    private_key_id: 'key-1',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    client_email: 'gateway@books-1.iam.gserviceaccount.com',
    token_uri: tokenUri,
  };
}
