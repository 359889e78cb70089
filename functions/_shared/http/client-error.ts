import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { GatewayError } from '../errors.ts';

/** What Node's parser could not read as a request: by its code, what to say. */
const faults: Record<string, [status: number, message: string]> = {
  HPE_HEADER_OVERFLOW: [431, 'The URL and headers are larger than 16 KiB.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunk extensions are larger than 16 KiB.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive.'],
};

interface ParserSocket extends Duplex {
  /** Node's own: the answer that is under way on this connection. */
  _httpMessage?: { headersSent: boolean } | null;
}

/**
 * A listener for a server's `clientError`. Node would answer with a status and nothing else; a
 * client of ours is to find OpenAI's error shape here too.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: ParserSocket): void {
  if (!socket.writable || error.code === 'ECONNRESET' || socket._httpMessage?.headersSent) {
    socket.destroy(error);
    return;
  }
  const [status, message] = faults[error.code ?? ''] ?? [400, 'This is not an HTTP/1.1 request.'];
  const { body } = new GatewayError('invalid_request', message, { status });
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy(error));
}
