import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { json } from 'node:stream/consumers';
import { answerBytes, type ProviderCase } from './provider-cases.ts';

/** What a provider was asked. */
export interface Asked {
  path: string;
  headers: IncomingMessage['headers'];
  body: unknown;
}

const streamTypes: Record<string, string> = {
  '.sse': 'text/event-stream; charset=utf-8',
  '.eventstream': 'application/vnd.amazon.eventstream',
};
/** A prime, so that pieces end in the middle of lines, words and characters. */
const pieceBytes = 17;

/**
 * Every provider at once, on a real socket: the path's beginning names the provider and the case
 * whose recorded answer is given. It keeps what it was asked.
 */
export async function startRecordedProvider(cases: ProviderCase[]) {
  const asked = new Map<string, Asked>();
  const byKey = new Map(cases.map((each) => [keyOf(each), each]));
  const server = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const [, provider = '', name = '', ...rest] = (request.url ?? '').split('/');
    const key = `${provider}/${name}`;
    const found = byKey.get(key);
    const body = await json(request);
    asked.set(key, { path: `/${rest.join('/')}`, headers: request.headers, body });
    if (!found?.answers) {
      response.writeHead(501).end();
      return;
    }
    const { status, headers, file } = found.answers;
    const bytes = answerBytes(found);
    const type = (file && streamTypes[extname(file)]) || 'application/json';
    response.writeHead(status, { 'content-type': type, ...headers });
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      response.write(bytes.subarray(at, at + pieceBytes));
      // A turn of the loop, so that pieces leave one by one.
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    /** The entry of a `model_list` that leads to a case, under the case's key. */
    entry: (each: ProviderCase) => ({
      model_name: keyOf(each),
      litellm_params: {
        api_base: `${url}/${keyOf(each)}`,
        api_key: 'sk-upstream',
        ...each.params,
      },
    }),
    askedOf: (each: ProviderCase) => asked.get(keyOf(each)),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

export const keyOf = ({ provider, name }: ProviderCase) => `${provider}/${name}`;
