import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as it came to the upstream. */
export interface Came {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** Null where there was no body. */
  body: Record<string, unknown> | null;
}

export type Answers = Record<string, (response: ServerResponse, came: Came) => void>;

/** Answers as a provider does: an object, or a stream of what is given, each piece on its own. */
export const json =
  (body: object, status = 200) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
export const sse =
  (...pieces: string[]) =>
  (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    sendRest(response, pieces);
  };

function sendRest(response: ServerResponse, [piece, ...rest]: string[]): void {
  if (piece === undefined) response.end();
  else response.write(piece, () => setImmediate(sendRest, response, rest));
}

export const data = (object: object) => `data: ${JSON.stringify(object)}\n\n`;
export const named = (object: { type: string }) => `event: ${object.type}\n${data(object)}`;

/** An upstream of several APIs: it answers by `METHOD /path`, and keeps what came. */
export async function startApisUpstream(answers: Answers) {
  const came: Came[] = [];
  const server = createServer(async (request, response) => {
    const given = await text(request);
    const { method = '', url = '', headers } = request;
    const one: Came = { method, path: url, headers, body: given ? JSON.parse(given) : null };
    came.push(one);
    const answer = answers[`${method} ${url}`] ?? json({ error: { message: `no ${url}` } }, 404);
    answer(response, one);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    /** The last request that came. */
    last(): Came {
      const one = came.at(-1);
      if (!one) throw new Error('Nothing came.');
      return one;
    },
    /** An entry of a `model_list` that leads here. */
    entry: (model_name: string, model: string, more: object = {}) => ({
      model_name,
      litellm_params: { model, api_base: `${origin}/v1`, api_key: 'sk-up', ...more },
    }),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
