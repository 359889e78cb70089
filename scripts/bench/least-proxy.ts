import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';

/**
 * The least that a proxy in Node can do, as a yardstick: bytes in, bytes out, by the same server
 * and client as the gateway. It reads nothing, checks nothing and writes nothing down. Its only
 * argument is the upstream's origin; tells its port to the parent by IPC.
 */
const [, , origin = ''] = process.argv;
const pool = new Pool(origin, { pipelining: 1 });

const server = createServer((request, response) => {
  const headers = {
    'content-type': 'application/json',
    'content-length': request.headers['content-length'],
  };
  const call = { method: 'POST', path: request.url ?? '/', headers, body: request } as const;
  pool
    .stream(call, ({ statusCode, headers: { 'content-type': type, 'content-length': length } }) => {
      response.writeHead(statusCode, {
        'content-type': String(type),
        ...(length === undefined ? {} : { 'content-length': String(length) }),
      });
      return response;
    })
    .catch((error: Error) => {
      if (!response.headersSent) response.writeHead(502);
      response.end(error.message);
    });
});

server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () =>
  process.send?.({ port: (server.address() as AddressInfo).port }),
);
process.on('disconnect', () => process.exit(0));
