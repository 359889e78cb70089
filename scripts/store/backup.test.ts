import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import { allRowsOf, aPath, open, runStore, someBooks } from './store.fixture.ts';

// Each starts the command several times over.
vi.setConfig({ testTimeout: 180_000 });

const loop = new URL(
  '../../functions/_shared/store/sqlite/booking-loop.fixture.ts',
  import.meta.url,
);

/** A process that books without end, once it has booked some. */
async function startBooking(path: string): Promise<{ child: ChildProcess; booked: string[] }> {
  const child = fork(loop, [path]);
  const booked: string[] = [];
  await new Promise<void>((resolve) => {
    child.on('message', (ids: string[]) => {
      booked.push(...ids);
      if (booked.length >= 200) resolve();
    });
  });
  return { child, booked };
}

test('a backup that is taken while calls are booked is of one moment, and whole', async () => {
  const path = aPath();
  const to = aPath('backup.db');
  const { child, booked } = await startBooking(path);
  const before = [...booked];
  const ran = await runStore(['backup', '--from', `file:${path}`, '--to', to]);
  const after = booked.length;
  child.kill('SIGKILL');
  expect(ran).toMatchObject({ code: 0, text: expect.stringMatching(/\d+ bytes in \d/) });
  expect(after).toBeGreaterThan(before.length);

  expect(await runStore(['check', '--store', `file:${to}`])).toMatchObject({ code: 0 });
  const store = await open(`file:${to}`);
  const { calls } = await store.spend.of('key', 'loop');
  for (const id of before) expect(await store.requestLogs.find(id)).toMatchObject({ id });
  await store.close();
  expect(allRowsOf(to).get('request_logs')).toHaveLength(calls);
});

test('a backup overwrites nothing, and of PostgreSQL it is said how', async () => {
  const path = await someBooks(20);
  const to = aPath('backup.db');
  writeFileSync(to, 'mine');
  expect(await runStore(['backup', '--from', `file:${path}`, '--to', to])).toMatchObject({
    code: 1,
    text: expect.stringContaining('is there already'),
  });
  expect(readFileSync(to, 'utf8')).toBe('mine');
  expect(await runStore(['backup', '--from', 'postgres://u:secret@h/d', '--to', aPath()])).toEqual({
    code: 1,
    text: expect.stringContaining('pg_dump'),
  });
});

test('a restore puts the backup in place, and nothing of what was there beside it', async () => {
  const path = await someBooks(50);
  const backup = aPath('backup.db');
  await runStore(['backup', '--from', `file:${path}`, '--to', backup]);
  const before = allRowsOf(path);
  const store = await open(`file:${path}`);
  await store.payloads.keep({ id: 'later', source: '/s', request: '1', response: null });
  const restore = ['restore', '--from', backup, '--to', `file:${path}`];
  expect(await runStore(restore)).toMatchObject({
    code: 1,
    text: expect.stringContaining('--force'),
  });
  expect(await runStore([...restore, '--force'])).toMatchObject({
    code: 1,
    text: expect.stringContaining('open elsewhere'),
  });
  expect(await store.payloads.find('later', '/s')).toMatchObject({ request: 1 });
  await store.close();

  // As a proxy leaves it that was killed: with a log that is not in the file yet.
  const { child } = await startBooking(path);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exited;
  expect(existsSync(`${path}-wal`)).toBe(true);
  expect(await runStore([...restore, '--force'])).toMatchObject({ code: 0 });
  expect(existsSync(`${path}-wal`)).toBe(false);
  expect(allRowsOf(path)).toEqual(before);
  expect(await runStore(['restore', '--from', backup, '--to', `file:${aPath()}`])).toMatchObject({
    code: 0,
  });
});

test('what is damaged, newer or no backup at all is not put in place; over damage it is', async () => {
  const path = await someBooks(50);
  const good = aPath('good.db');
  await runStore(['backup', '--from', `file:${path}`, '--to', good]);
  const before = allRowsOf(path);
  const cut = aPath('cut.db');
  writeFileSync(cut, readFileSync(good));
  truncateSync(cut, Math.floor(readFileSync(good).length / 2 / 4096) * 4096);
  const newer = aPath('newer.db');
  writeFileSync(newer, readFileSync(good));
  const database = new Database(newer);
  database.exec("INSERT INTO migrations VALUES ('9999-from-the-future', 0)");
  database.close();
  const text = aPath('text.db');
  writeFileSync(text, 'not a database, but long enough to be looked at as one'.repeat(100));
  for (const [from, said] of [
    [cut, /damaged|malformed/],
    [newer, /newer Tallygate.*9999-from-the-future/],
    [text, /not a SQLite file/],
    [aPath('nothing.db'), /no such file/i],
  ] as const) {
    expect(
      await runStore(['restore', '--from', from, '--to', `file:${path}`, '--force']),
    ).toMatchObject({ code: 1, text: expect.stringMatching(said) });
  }
  expect(allRowsOf(path)).toEqual(before);
  expect(existsSync(`${path}.incoming`)).toBe(false);

  const damaged = aPath();
  writeFileSync(damaged, 'damaged'.repeat(1000));
  expect(
    await runStore(['restore', '--from', good, '--to', `file:${damaged}`, '--force']),
  ).toMatchObject({ code: 0 });
  expect(allRowsOf(damaged)).toEqual(before);
});
