import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../errors.ts';

/** A request whose body serve.ts has read already, before the framework saw it. */
export interface ReadRequest extends IncomingMessage {
  rawBody?: Buffer;
}

/**
 * The whole body, at most `limit` bytes. Rejects with `request_too_large` beyond it, without
 * reading the rest, and with `client_closed` when the client goes before the end.
 */
export function readBody(request: ReadRequest, limit: number): Promise<Buffer> {
  const tooLarge = () =>
    new GatewayError(
      'request_too_large',
      `The request body is over the limit of ${limit} bytes (MAX_BODY_BYTES).`,
    );
  const { rawBody } = request;
  // Read already, by a larger limit than this one perhaps.
  if (rawBody !== undefined) {
    return rawBody.length > limit ? Promise.reject(tooLarge()) : Promise.resolve(rawBody);
  }
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > limit) {
      reject(tooLarge());
      return;
    }
    const chunks: Buffer[] = [];
    let length = 0;
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        stop();
        request.pause();
        reject(tooLarge());
      } else {
        chunks.push(chunk);
      }
    };
    const onEnd = () => {
      stop();
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length));
    };
    const onClose = () => {
      stop();
      reject(new GatewayError('client_closed', 'The client closed the connection.'));
    };
    const stop = () => {
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
    };
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

/** A body as JSON. Rejects with `invalid_request`, saying where the JSON is wrong. */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) {
    throw new GatewayError('invalid_request', 'The request has no body; a JSON object is needed.');
  }
  if (!isUtf8(body)) {
    throw new GatewayError('invalid_request', 'The request body is not valid UTF-8.');
  }
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    const reason = (cause as SyntaxError).message;
    throw new GatewayError('invalid_request', `The request body is not valid JSON: ${reason}`, {
      cause,
    });
  }
}
