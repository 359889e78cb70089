import type { ServerResponse } from 'node:http';
import { asGatewayError } from '../errors.ts';

/** Answers with JSON. Nothing we answer may be kept by a cache in between. */
export function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(bytes);
}

/** Answers with OpenAI's error body. After the head is sent there is no more to say: it cuts. */
export function answerError(
  response: ServerResponse,
  thrown: unknown,
  headers: Record<string, string> = {},
): void {
  const error = asGatewayError(thrown);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { retryAfter } = error.details;
  answerJson(response, error.status, error.body, {
    ...(retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfter)) }),
    ...headers,
  });
}

/** Answers with a page to go to instead. */
export function answerRedirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { location, 'content-type': 'text/plain' });
  response.end(`See ${location}\n`);
}
