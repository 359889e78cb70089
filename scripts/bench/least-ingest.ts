import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/**
 * The least that booking over HTTP can be, as a yardstick: one process that parses each record,
 * keeps its text under its id and answers when that is committed; those that come together are
 * committed together. No sums, no search, no compression. Its only argument is an empty folder.
 */
const [, , folder = ''] = process.argv;
const database = new Database(join(folder, 'least.db'));
database.pragma('journal_mode = WAL');
database.pragma('synchronous = NORMAL');
database.exec('CREATE TABLE records (id TEXT PRIMARY KEY, text TEXT) WITHOUT ROWID');
const insert = database.prepare('INSERT INTO records VALUES (?, ?) ON CONFLICT DO NOTHING');

let waiting: { id: string; text: string; response: ServerResponse }[] = [];
const commit = database.transaction((batch: typeof waiting) => {
  for (const { id, text } of batch) insert.run(id, text);
});

function book() {
  const batch = waiting;
  waiting = [];
  commit(batch);
  for (const { response } of batch) {
    response.writeHead(202, { 'content-length': 0 });
    response.end();
  }
}

const server = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    const text = Buffer.concat(pieces).toString('utf8');
    JSON.parse(text);
    if (waiting.length === 0) setImmediate(book);
    waiting.push({ id: String(request.headers['ce-id']), text, response });
  });
});

server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () =>
  process.send?.({ port: (server.address() as AddressInfo).port }),
);
process.on('disconnect', () => process.exit(0));
