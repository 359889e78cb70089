import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import { createLogger, createMetrics } from '../../telemetry.ts';
import { aRecord } from '../contract/record.fixture.ts';
import { keepsAll } from '../retention.ts';
import { describeJoining } from '../sql/maintenance/joining.fixture.ts';
import { maintain, type OpenedStore } from '../sql/maintenance/opened.fixture.ts';
import { describeRetention } from '../sql/maintenance/retention.fixture.ts';
import { migrate } from '../sql/migrations.ts';
import { createSqlStore } from '../sql/sql-store.ts';
import { sqliteDialect as dialect, openFile, queryWith } from './database.ts';
import { openSqliteStore } from './sqlite.ts';
import { createUpkeep, makeShrinkable } from './upkeep.ts';

const logger = createLogger('test', 'silent');
const hourMs = 3600_000;
const aPath = () => join(mkdtempSync(join(tmpdir(), 'tallygate-')), 'tallygate.db');

async function open(path = aPath()): Promise<OpenedStore & { database: Database.Database }> {
  const database = openFile(path, { readonly: false });
  const db = queryWith(database);
  await migrate(db, dialect);
  return { store: createSqlStore(db, dialect), db, dialect, database };
}

const aTalk = (started_at: number, id: string) =>
  aRecord({ started_at, request: { prompt: `${id} ${randomBytes(3000).toString('base64')}` } }, id);

describeRetention('SQLite', () => open());
describeJoining('SQLite', () => open());

test('kill -9 while blocks are joined leaves every body readable', async () => {
  const path = aPath();
  const begin = Date.now() - 30 * hourMs;
  const records = Array.from({ length: 800 }, (_, index) =>
    aTalk(begin + index * 30_000, `k${index}`),
  );
  const { store } = await open(path);
  for (const record of records) await store.requestLogs.book([record]);
  await store.close();

  // At each round it gets a little further before it is killed, at no step in particular.
  let kills = 0;
  for (let steps = 1; ; steps += 3) {
    const child = fork(new URL('./joining-loop.fixture.ts', import.meta.url), [path]);
    const code = await new Promise<number | null>((resolve) => {
      let left = steps;
      child.on('message', () => {
        if (--left === 0) setTimeout(() => child.kill('SIGKILL'), Math.random() * 5);
      });
      child.on('exit', resolve);
    });
    if (code === 0) break;
    kills++;
  }
  expect(kills).toBeGreaterThan(2);

  const again = await open(path);
  expect(again.database.pragma('integrity_check', { simple: true })).toBe('ok');
  for (const { id, data } of records) {
    expect((await again.store.requestLogs.find(id))?.request, id).toEqual(data.request);
  }
  const blocks = await again.db.selectFrom('payload_blocks').select('records').execute();
  expect(blocks.reduce((sum, block) => sum + block.records, 0)).toBe(records.length);
  expect(blocks.length).toBeLessThan(records.length / 10);
  await again.store.close();
}, 120_000);

test('the file gives its room back to the disk', async () => {
  const path = aPath();
  const opened = await open(path);
  const { store, db, database } = opened;
  for (let batch = 0; batch < 20; batch++) {
    await store.requestLogs.book(
      Array.from({ length: 100 }, (_, index) =>
        aTalk(Date.now() - 48 * hourMs, `${batch}-${index}`),
      ),
    );
  }
  database.pragma('wal_checkpoint(TRUNCATE)');
  const before = statSync(path).size;
  const payloads = { ageMs: hourMs, bytes: Number.POSITIVE_INFINITY };
  const logs = { ageMs: hourMs, rows: Number.POSITIVE_INFINITY };
  await maintain(opened, { logs, payloads });
  await maintain(opened, {}, createUpkeep(database, db));
  database.pragma('wal_checkpoint(TRUNCATE)');
  const after = statSync(path).size;
  const { free } = database
    .prepare('SELECT freelist_count * 4096 AS free FROM pragma_freelist_count()')
    .get() as { free: number };
  expect(before).toBeGreaterThan(6 * 1024 * 1024);
  expect(after).toBeLessThan(before / 2);
  expect(free).toBeLessThanOrEqual(1024 * 1024);
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  await store.close();
}, 30_000);

test('a small file of an earlier program can give room back from now on; of a large one it is said', async () => {
  const path = aPath();
  const earlier = new Database(path);
  earlier.exec('CREATE TABLE waste (bytes blob); INSERT INTO waste VALUES (zeroblob(4000000))');
  earlier.close();
  const database = openFile(path, { readonly: false });
  const db = queryWith(database);
  const [shrink] = createUpkeep(database, db);
  database.exec('DROP TABLE waste');
  await expect(shrink?.step()).rejects.toThrow(/stop the proxy and run: sqlite3 .*VACUUM/);
  expect(await shrink?.step()).toEqual({ more: false });
  makeShrinkable(database);
  expect(database.pragma('auto_vacuum', { simple: true })).toBe(2);
  expect(database.pragma('page_count', { simple: true })).toBeLessThan(10);
  await db.destroy();
});

test('the journal is begun anew when the reader that held it is gone', async () => {
  const path = aPath();
  const { store, db, database } = await open(path);
  const journal = createUpkeep(database, db).find(({ name }) => name === 'journal');
  const reader = new Database(path, { readonly: true });
  reader.exec('BEGIN; SELECT COUNT(*) FROM request_logs');
  database.exec('CREATE TABLE filler (bytes blob)');
  const insert = database.prepare('INSERT INTO filler VALUES (randomblob(1000000))');
  for (let index = 0; index < 20; index++) insert.run();
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(16 * 1024 * 1024);
  expect(await journal?.step()).toEqual({ more: true });
  reader.exec('COMMIT');
  expect(await journal?.step()).toEqual({ more: false });
  expect(statSync(`${path}-wal`).size).toBe(0);
  reader.close();
  await store.close();
});

test('who opens a store to keep it within bounds hears what became of it', async () => {
  const metrics = createMetrics();
  const retention = { ...keepsAll, payloads: { ageMs: hourMs, bytes: Number.POSITIVE_INFINITY } };
  const maintenance = { retention, metrics, everyMs: 50 };
  const store = await openSqliteStore({ path: aPath(), logger, maintenance });
  await store.requestLogs.book([aTalk(Date.now() - 2 * hourMs, 'past')]);
  await vi.waitFor(async () => {
    expect((await store.requestLogs.find('past'))?.bodies_withheld).toMatch(/deleted/);
    const text = await metrics.metrics();
    expect(text).toMatch(/^store_bytes [1-9]\d{4,}$/m);
    expect(text).toContain('store_deleted_rows_total{kind="payloads"} 1');
    expect(text).toMatch(/^store_deleted_bytes_total\{kind="payloads"\} [1-9]/m);
  }, 20_000);
  await store.close();
}, 30_000);
