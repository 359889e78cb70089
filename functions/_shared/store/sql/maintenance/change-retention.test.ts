import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { admin, anEntity } from '../../contract/entity.fixture.ts';
import type { EntityOf } from '../../governance/kinds.ts';
import { openDatabase, sqliteDialect } from '../../sqlite/database.ts';
import { migrate } from '../migrations.ts';
import { createSqlStore } from '../sql-store.ts';
import { createChangeRetention } from './change-retention.ts';

const hourMs = 3600_000;
afterEach(() => void vi.useRealTimers());

test('changes are told for hours; who missed those that are forgotten hears that', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const path = join(mkdtempSync(join(tmpdir(), 'tallygate-')), 'store.db');
  const db = openDatabase(path, { readonly: false });
  await migrate(db, sqliteDialect);
  const store = createSqlStore(db, sqliteDialect);
  const job = createChangeRetention(db);
  expect(await job.step()).toEqual({ more: false, rows: 0 });

  const put = () =>
    store.budgets.put(anEntity('budgets') as EntityOf<'budgets'>, { version: 0, by: admin });
  await put();
  await put();
  const { next } = await store.changes.since(null);
  vi.setSystemTime(Date.now() + 1.5 * hourMs);
  await put();
  expect(await job.step()).toEqual({ more: false, rows: 0 });
  vi.setSystemTime(Date.now() + hourMs);
  expect(await job.step()).toEqual({ more: false, rows: 2 });

  expect(await store.changes.since(next - 1)).toMatchObject({ complete: false, next: next + 1 });
  expect(await store.changes.since(next)).toMatchObject({
    complete: true,
    changes: [{ seq: next + 1, kind: 'budgets' }],
  });
  await store.close();
});
