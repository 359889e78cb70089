import { fork } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { createLogger } from '../../telemetry.ts';
import { aRecord } from '../contract/record.fixture.ts';
import { describeStore } from '../contract.fixture.ts';
import { openSqliteStore } from './sqlite.ts';

const logger = createLogger('test', 'silent');
const aPath = () => join(mkdtempSync(join(tmpdir(), 'tallygate-')), 'data', 'tallygate.db');

describeStore('SQLite', () => openSqliteStore({ path: aPath(), logger }));

test('two starters on one new file both come up', async () => {
  const path = aPath();
  const stores = await Promise.all([1, 2, 3].map(() => openSqliteStore({ path, logger })));
  await stores[0]?.requestLogs.book([aRecord({}, 'shared')]);
  expect(await stores[2]?.requestLogs.find('shared')).toMatchObject({ id: 'shared' });
  await Promise.all(stores.map((store) => store.close()));
});

test('a database of a newer program is refused, with its name', async () => {
  const path = aPath();
  await (await openSqliteStore({ path, logger })).close();
  const database = new Database(path);
  database.exec("INSERT INTO migrations VALUES ('9999-from-the-future', 0)");
  database.close();
  await expect(openSqliteStore({ path, logger })).rejects.toThrow(
    /newer Tallygate.*9999-from-the-future/,
  );
});

test('what was acknowledged is there once after kill -9, and the file is whole', async () => {
  const path = aPath();
  const child = fork(new URL('./booking-loop.fixture.ts', import.meta.url), [path]);
  const acknowledged: string[] = [];
  await new Promise<void>((resolve) => {
    child.on('message', (ids: string[]) => {
      acknowledged.push(...ids);
      if (acknowledged.length >= 500) child.kill('SIGKILL');
    });
    child.on('exit', () => resolve());
  });
  const store = await openSqliteStore({ path, logger });
  const { calls } = await store.spend.of('key', 'loop');
  const totals = await store.usage.totals({
    range: { from: 0, to: Date.now() + 60_000 },
    filter: {},
  });
  await store.close();

  const database = new Database(path, { readonly: true });
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  const rows = database.prepare('SELECT id FROM request_logs').pluck().all();
  database.close();
  expect(new Set(rows).size).toBe(rows.length);
  for (const id of acknowledged) expect(rows).toContain(id);
  expect(calls).toBe(rows.length);
  expect(totals.calls).toBe(rows.length);
});
