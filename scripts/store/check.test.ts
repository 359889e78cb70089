import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterAll, expect, test, vi } from 'vitest';
import { startPostgres } from '../../functions/_shared/store/postgres/server.fixture.ts';
import { aPath, runStore, someBooks } from './store.fixture.ts';

// Each starts the command several times over.
vi.setConfig({ testTimeout: 180_000 });

const server = await startPostgres();
afterAll(() => server.stop());

const whole = await someBooks(400);
const newest = '(SELECT MAX(newest) FROM payload_blocks)';

/** A copy of whole books with something done to it. */
function changed(change: string): string {
  const path = aPath();
  writeFileSync(path, readFileSync(whole));
  const database = new Database(path);
  database.exec(change);
  database.close();
  return path;
}

const check = (url: string) => runStore(['check', '--store', url]);

test('whole books have nothing against them, though logs of long ago are gone', async () => {
  expect(await check(`file:${whole}`)).toMatchObject({
    code: 0,
    text: expect.stringContaining('The books are whole.'),
  });
});

test.each([
  [`DELETE FROM payload_blocks WHERE newest = ${newest}`, /logs have lost their bodies/],
  [`DELETE FROM payload_blocks WHERE newest = ${newest}`, /search signatures are of no block/],
  [`DELETE FROM search_signatures WHERE newest = ${newest}`, /1 blocks of bodies have no search/],
  [
    'DELETE FROM request_logs WHERE seq = (SELECT MAX(seq) FROM request_logs)',
    /1 calls were booked and have no log/,
  ],
  [
    'DELETE FROM request_logs WHERE seq = (SELECT MAX(seq) FROM attempts)',
    /1 attempts are of calls/,
  ],
  [
    'DELETE FROM booked_calls WHERE seq = (SELECT MAX(seq) FROM request_logs)',
    /1 logs are not under/,
  ],
  [
    "UPDATE request_logs SET id = 'other' WHERE seq = (SELECT MAX(seq) FROM request_logs)",
    /1 logs are not under/,
  ],
  [
    `UPDATE payload_blocks SET bytes = x'00' WHERE newest = ${newest}`,
    /block \d+ of bodies cannot be read/,
  ],
  [
    `UPDATE payload_blocks SET records = records + 1 WHERE newest = ${newest}`,
    /holds \d+ records instead of/,
  ],
  [
    `UPDATE request_logs SET payload_block = (SELECT MIN(block_id) FROM payload_blocks)
      WHERE seq = ${newest}`,
    /1 logs say that block \d+ holds their bodies/,
  ],
])('%s is found', async (change, said) => {
  const { code, text } = await check(`file:${changed(change)}`);
  expect(text).toMatch(said);
  expect(code).toBe(1);
});

test('a damaged page of the file is found', async () => {
  const bytes = readFileSync(whole);
  for (let page = 8; page < bytes.length / 4096; page += 5)
    bytes.fill(0x5a, page * 4096 + 8, page * 4096 + 300);
  const path = aPath();
  writeFileSync(path, bytes);
  const { code, text } = await check(`file:${path}`);
  expect(text).toMatch(/damaged|malformed/);
  expect(code).toBe(1);
});

test('PostgreSQL without its default partition, or with a month beside its name, is found', async () => {
  const url = await server.createDatabase();
  await runStore(['copy', '--from', `file:${whole}`, '--to', url]);
  expect(await check(url)).toMatchObject({ code: 0 });
  await server.run(url, 'ALTER TABLE request_logs DETACH PARTITION request_logs_other');
  await server.run(
    url,
    'CREATE TABLE logs_of_2001_01 PARTITION OF request_logs FOR VALUES FROM (1) TO (2)',
  );
  const { code, text } = await check(url);
  expect(text).toMatch(/no default partition/);
  expect(text).toMatch(/logs_of_2001_01 is FOR VALUES FROM/);
  expect(code).toBe(1);
});
