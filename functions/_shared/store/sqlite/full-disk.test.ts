import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aRecord } from '../contract/record.fixture.ts';
import { migrate } from '../sql/migrations.ts';
import { createSqlStore } from '../sql/sql-store.ts';
import { openFile, queryWith, sqliteDialect } from './database.ts';

test('a file that may not grow refuses with what is the matter, and takes the next that fits', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'tallygate-')), 'tallygate.db');
  const database = openFile(path, { readonly: false });
  const db = queryWith(database);
  await migrate(db, sqliteDialect);
  const store = createSqlStore(db, sqliteDialect);
  const pages = database.pragma('page_count', { simple: true }) as number;
  database.pragma(`max_page_count = ${pages + 10}`);

  const request = { prompt: randomBytes(200_000).toString('base64') };
  const large = aRecord({ request }, 'large');
  await expect(store.requestLogs.book([large])).rejects.toMatchObject({ code: 'SQLITE_FULL' });
  expect(await store.requestLogs.book([aRecord({}, 'small')])).toMatchObject({ booked: 1 });
  database.pragma(`max_page_count = ${pages + 1000}`);
  expect(await store.requestLogs.book([large])).toMatchObject({ booked: 1, duplicates: 0 });
  expect(await store.spend.of('global', '')).toMatchObject({ calls: 2 });
  await store.close();
});

test('opening a file again writes nothing, so that a full disk lets it be opened', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'tallygate-')), 'tallygate.db');
  const first = openFile(path, { readonly: false });
  await migrate(queryWith(first), sqliteDialect);
  // Whoever had to write would wait for this one.
  first.exec('BEGIN IMMEDIATE');
  const second = openFile(path, { readonly: false });
  second.pragma('busy_timeout = 0');
  await migrate(queryWith(second), sqliteDialect);
  second.close();
  first.close();
});
