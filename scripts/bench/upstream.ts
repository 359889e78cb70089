import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { completion, streamEvents } from './samples.ts';

/**
 * The stand-in upstream, as little as can be: a completion of 1 KB, or a stream whose pieces
 * are writes of their own. `/paced/<ms>/…` puts that many milliseconds between two pieces, since
 * a path is what a gateway's `api_base` can carry. Tells its port to the parent by IPC.
 */
const streamMark = Buffer.from('"stream":true');
const usageMark = Buffer.from('"include_usage":true');
let calls = 0;

const server = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    const body = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
    const id = `chatcmpl-${process.pid}-${++calls}`;
    if (!body.includes(streamMark)) {
      const text = completion(id);
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      });
      response.end(text);
      return;
    }
    const gapMs = Number(/^\/paced\/(\d+)\//.exec(request.url ?? '')?.[1] ?? 0);
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    writeApart(response, streamEvents(id, body.includes(usageMark)), gapMs);
  });
});

/** Node joins writes of one turn of the event loop, so each gets a turn of its own. */
function writeApart(response: ServerResponse, events: string[], gapMs: number) {
  let next = 0;
  const write = () => {
    const event = events[next++];
    if (event === undefined) {
      response.end();
      return;
    }
    response.write(event);
    if (gapMs > 0) setTimeout(write, gapMs);
    else setImmediate(write);
  };
  write();
}

server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () =>
  process.send?.({ port: (server.address() as AddressInfo).port }),
);
process.on('disconnect', () => process.exit(0));
