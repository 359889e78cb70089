import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAnswerReader } from './answer-reader.ts';

interface Answer {
  status: number;
  body: string;
}

/** All answers in `bytes`, fed in pieces of `size` bytes. */
function readAll(bytes: Buffer, size: number): Answer[] {
  const answers: Answer[] = [];
  let current: Answer = { status: 0, body: '' };
  const feed = createAnswerReader({
    head: (status) => (current = { status, body: '' }),
    body: (piece) => (current.body += piece.toString('latin1')),
    end: () => answers.push(current),
  });
  for (let at = 0; at < bytes.length; at += size) feed(bytes.subarray(at, at + size));
  return answers;
}

const server = createServer((request, response) => {
  if (request.url === '/chunks') {
    response.write('data: one\n\n');
    setImmediate(() => response.end('data: [DONE]\n\n'));
  } else if (request.url === '/empty') {
    response.writeHead(204).end();
  } else if (request.url === '/bad') {
    response.writeHead(400, { 'content-length': 0 }).end();
  } else {
    response.setHeader('content-length', 5);
    response.end('hello');
  }
});

/** The very bytes that a real server sends for these paths on one connection. */
function bytesFor(paths: string[]): Promise<Buffer> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    const socket = connect(port, '127.0.0.1');
    socket.on('error', reject);
    socket.on('data', (piece) => pieces.push(piece));
    socket.on('close', () => resolve(Buffer.concat(pieces)));
    paths.forEach((path, index) => {
      const last = index === paths.length - 1;
      socket.write(
        `GET ${path} HTTP/1.1\r\nhost: bench\r\nconnection: ${last ? 'close' : 'keep-alive'}\r\n\r\n`,
      );
    });
  });
}

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe('createAnswerReader', () => {
  it('reads a real server’s answers, cut at every size', async () => {
    const bytes = await bytesFor(['/', '/chunks', '/empty', '/bad', '/chunks', '/']);
    for (const size of [1, 2, 3, 7, 64, bytes.length]) {
      expect(readAll(bytes, size)).toEqual([
        { status: 200, body: 'hello' },
        { status: 200, body: 'data: one\n\ndata: [DONE]\n\n' },
        { status: 204, body: '' },
        { status: 400, body: '' },
        { status: 200, body: 'data: one\n\ndata: [DONE]\n\n' },
        { status: 200, body: 'hello' },
      ]);
    }
  });

  it('tells no end of an answer that is not whole', async () => {
    const bytes = await bytesFor(['/chunks']);
    expect(readAll(bytes.subarray(0, -1), 10)).toEqual([]);
  });

  it('passes over trailers and chunk extensions', () => {
    const text =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nhi\r\n0\r\nx-sum: 1\r\n\r\n';
    expect(readAll(Buffer.from(text), 5)).toEqual([{ status: 200, body: 'hi' }]);
  });

  it.each([
    ['garbage\r\n\r\n', 'Not an HTTP/1.1 answer'],
    ['HTTP/1.1 200 OK\r\ndate: now\r\n\r\n', 'neither a content-length nor chunks'],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', 'no size'],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n', 'longer than its size'],
  ])('refuses %j', (text, message) => {
    expect(() => readAll(Buffer.from(text), text.length)).toThrow(message);
  });
});
