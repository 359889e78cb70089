import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterAll, expect, test, vi } from 'vitest';
import { aRecord } from '../../functions/_shared/store/contract/record.fixture.ts';
import { startPostgres } from '../../functions/_shared/store/postgres/server.fixture.ts';
import { allRowsOf, aPath, open, runStore, someBooks } from './store.fixture.ts';

// Each starts the command several times over.
vi.setConfig({ testTimeout: 180_000 });

const server = await startPostgres();
afterAll(() => server.stop());

test('a SQLite file comes back from PostgreSQL with every row of every table as it was', async () => {
  const path = await someBooks();
  const [url, back] = [await server.createDatabase(), aPath()];
  const there = await runStore(['copy', '--from', `file:${path}`, '--to', url]);
  expect(there).toMatchObject({ code: 0, text: expect.stringContaining('The copy is whole.') });
  expect(await runStore(['check', '--store', url])).toMatchObject({ code: 0 });
  expect(await runStore(['copy', '--from', url, '--to', `file:${back}`])).toMatchObject({
    code: 0,
  });
  const rows = allRowsOf(path);
  expect(rows.get('spend')?.length).toBeGreaterThan(10);
  expect(rows.get('kept_payloads')).toHaveLength(1);
  expect(allRowsOf(back)).toEqual(rows);

  // The copy goes on as a store: what is known is known, what is new gets numbers of its own.
  const store = await open(url);
  const records = [aRecord({}, 'books-1'), aRecord({ model: 'new', key_id: 'new' }, 'new')];
  expect(await store.requestLogs.book(records)).toMatchObject({ booked: 1, duplicates: 1 });
  await store.close();
});

/** One of few rows, one of many, one of bytes, the last; and when all rows are there. */
const killedAt = ['  attempts:', '  booked_calls:', '  payload_blocks:', '  spend:', 'Comparing'];

test('killed at many points, it goes on where it was, in both directions', async () => {
  const path = await someBooks();
  let from = `file:${path}`;
  const back = aPath();
  for (const to of [await server.createDatabase(), `file:${back}`]) {
    for (const point of killedAt) {
      const { code, text } = await runStore(['copy', '--from', from, '--to', to], (line, child) => {
        if (line.includes(point)) child.kill('SIGKILL');
      });
      expect({ code, text }).toMatchObject({ code: null });
      await expect(open(to)).rejects.toThrow(/copy that is not finished/);
    }
    const last = await runStore(['copy', '--from', from, '--to', to]);
    expect(last).toMatchObject({
      code: 0,
      text: expect.stringMatching(/request_logs: 0 rows.*going on/),
    });
    from = to;
  }
  expect(allRowsOf(back)).toEqual(allRowsOf(path));
});

test('killed in the midst of a table, it goes on with the rows that are there', async () => {
  const path = await someBooks(4500);
  const to = aPath();
  const args = ['copy', '--from', `file:${path}`, '--to', `file:${to}`];
  let watching: NodeJS.Timeout | undefined;
  await runStore(args, (line, child) => {
    if (!line.startsWith('  booked_calls:')) return;
    const database = new Database(to, { readonly: true });
    const reached = database
      .prepare("SELECT place FROM copy_progress WHERE table_name = 'request_logs'")
      .pluck();
    watching = setInterval(() => {
      if (reached.get() !== undefined) child.kill('SIGKILL');
    }, 1);
    child.once('exit', () => {
      clearInterval(watching);
      database.close();
    });
  });
  expect(await runStore(args)).toMatchObject({ code: 0 });
  expect(allRowsOf(to)).toEqual(allRowsOf(path));
});

test('a target with anything else in it is refused, and left as it is', async () => {
  const [path, other] = [await someBooks(30), await someBooks(40)];
  const before = allRowsOf(other);
  const refused = await runStore(['copy', '--from', `file:${path}`, '--to', `file:${other}`]);
  expect(refused).toMatchObject({ code: 1, text: expect.stringMatching(/rows in \w+ already/) });
  expect(allRowsOf(other)).toEqual(before);

  const half = aPath();
  await runStore(['copy', '--from', `file:${path}`, '--to', `file:${half}`], (_, child) =>
    child.kill('SIGKILL'),
  );
  expect(await runStore(['copy', '--from', `file:${other}`, '--to', `file:${half}`])).toMatchObject(
    { code: 1, text: expect.stringContaining('a copy of another database') },
  );

  const strange = await server.createDatabase();
  await server.run(strange, 'CREATE TABLE customers (id integer PRIMARY KEY)');
  expect(await runStore(['copy', '--from', `file:${path}`, '--to', strange])).toMatchObject({
    code: 1,
    text: expect.stringContaining('customers'),
  });
});

test('a source of an earlier layout, or that is no source, is refused', async () => {
  const folder = '../../functions/_shared/store/sql/migrations/fixtures/';
  const first = readFileSync(new URL(`${folder}0001-books.sqlite.sql`, import.meta.url), 'utf8');
  const path = aPath();
  const database = new Database(path);
  database.exec(first);
  database.close();
  for (const [from, said] of [
    [`file:${path}`, /earlier Tallygate.*0002/],
    [`file:${aPath()}`, /There is no file/],
    ['http://localhost/', /Give a database/],
  ] as const) {
    expect(await runStore(['copy', '--from', from, '--to', `file:${aPath()}`])).toMatchObject({
      code: 1,
      text: expect.stringMatching(said),
    });
  }
});

test('a source that was written to between two runs is found out', async () => {
  const path = await someBooks(60);
  const to = aPath();
  const args = ['copy', '--from', `file:${path}`, '--to', `file:${to}`];
  await runStore(args, (line, child) => {
    if (line.startsWith('  spend:')) child.kill('SIGKILL');
  });
  const store = await open(`file:${path}`);
  await store.requestLogs.book([aRecord({ started_at: Date.UTC(2026, 0), key_id: 'k1' })]);
  await store.close();
  const { code, text } = await runStore(args);
  expect(code).toBe(1);
  expect(text).toMatch(/request_logs has \d+ rows, its copy \d+/);
  expect(text).toMatch(/spend.cost_nanos adds up to \d+, its copy to \d+/);
  await expect(open(`file:${to}`)).rejects.toThrow(/copy that is not finished/);
});
