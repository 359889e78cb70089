import type { IncomingMessage, ServerResponse } from 'node:http';
import { asGatewayError } from '../errors.ts';

/** Answers with JSON. Nothing we answer may be kept by a cache in between. */
export function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  answerJsonBytes(response, status, Buffer.from(JSON.stringify(body)), headers);
}

/** The same with JSON that is written already. */
export function answerJsonBytes(
  response: ServerResponse,
  status: number,
  bytes: Uint8Array,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(bytes);
}

/**
 * Answers with OpenAI's error body, or that of another API. After the head is sent there is no more
 * to say: it cuts.
 */
export function answerError(
  response: ServerResponse,
  thrown: unknown,
  headers: Record<string, string> = {},
  body?: object,
): void {
  const error = asGatewayError(thrown);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { retryAfter, allow } = error.details;
  if (!response.req.complete) discardRest(response.req);
  answerJson(response, error.status, body ?? error.body, {
    ...(retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfter)) }),
    ...(allow === undefined ? {} : { allow: allow.join(', ') }),
    ...headers,
  });
}

/** How long a client may go on to send a body that nobody wants. */
const patienceMs = 5000;

/**
 * Takes in, for a while, what a client still sends. To close at once would reset the connection,
 * and a client that is busy sending would never read the answer (RFC 9112, 9.6).
 */
function discardRest(request: IncomingMessage): void {
  const timer = setTimeout(() => request.destroy(), patienceMs).unref();
  const stop = () => clearTimeout(timer);
  request.once('end', stop).once('close', stop).resume();
}

/** Answers with a page to go to instead. */
export function answerRedirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { location, 'content-type': 'text/plain' });
  response.end(`See ${location}\n`);
}
