import { fork } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { createLogger } from '../../telemetry.ts';
import { aRecord } from '../contract/record.fixture.ts';
import { describeFolding } from '../sql/folding.fixture.ts';
import type { Store } from '../store.ts';
import { sqliteDialect as dialect, openDatabase } from './database.ts';
import { openSqliteStore } from './sqlite.ts';

const logger = createLogger('test', 'silent');
const aPath = () => join(mkdtempSync(join(tmpdir(), 'tallygate-')), 'tallygate.db');

/** With threads of its own that write and read, and a connection beside them that folds. */
describeFolding('SQLite', async () => {
  const path = aPath();
  const store = await openSqliteStore({ path, logger });
  return { store, db: openDatabase(path, { readonly: false }), dialect };
});

async function figuresOf(store: Store) {
  const query = { range: { from: 0, to: Date.now() + 60_000 }, filter: {} };
  return {
    totals: await store.usage.totals(query),
    hours: await store.usage.series({
      range: { from: Date.now() - 24 * 3600_000, to: Date.now() + 60_000 },
      filter: { model: 'm1' },
      step: 'hour',
      time_zone: 'UTC',
    }),
    tags: await store.usage.rank({ ...query, by: 'tag', limit: 100 }),
    keys: await store.usage.rank({ ...query, by: 'key_id', limit: 100 }),
  };
}

test('kill -9 of who folds changes no figure', async () => {
  const path = aPath();
  const store = await openSqliteStore({ path, logger });
  const begin = Date.now() - 600 * 60_000;
  await store.requestLogs.book(
    Array.from({ length: 600 }, (_, index) =>
      aRecord({
        started_at: begin + index * 60_000,
        model: `m${index % 3}`,
        key_id: `k${index % 7}`,
        tags: index % 2 ? [] : ['a', `t${index % 5}`],
        cost_nanos: index * 1001,
        latency_ms: index,
      }),
    ),
  );
  const figures = await figuresOf(store);
  // At each round it gets a little further before it is killed, at no step in particular.
  let kills = 0;
  for (let steps = 1; ; steps += 8) {
    const child = fork(new URL('./folding-loop.fixture.ts', import.meta.url), [path]);
    const code = await new Promise<number | null>((resolve) => {
      let left = steps;
      child.on('message', () => {
        if (--left === 0) setTimeout(() => child.kill('SIGKILL'), Math.random() * 5);
      });
      child.on('exit', resolve);
    });
    expect(await figuresOf(store)).toEqual(figures);
    if (code === 0) break;
    kills++;
  }
  expect(kills).toBeGreaterThan(2);
  await store.close();

  const database = new Database(path, { readonly: true });
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(database.prepare('SELECT COUNT(*) FROM pending_rollups').pluck().get()).toBe(0);
  database.close();
}, 120_000);
