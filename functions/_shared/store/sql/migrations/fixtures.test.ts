import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../../telemetry.ts';
import { tokenKinds } from '../../../units.ts';
import { openStore } from '../../open.ts';
import { startPostgres } from '../../postgres/server.fixture.ts';
import type { BookableRecord } from '../../request-logs.ts';
import type { SpendScope } from '../../spend.ts';
import type { Store } from '../../store.ts';
import { migrationNames } from '../migrations.ts';
import { requestPreview, responsePreview } from '../previews.ts';
import { storable } from '../storable.ts';

const folder = fileURLToPath(new URL('./fixtures/', import.meta.url));
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const layouts = readdirSync(folder).flatMap(
  (name) => /^(.+)\.records\.jsonl$/.exec(name)?.[1] ?? [],
);
const logger = createLogger('test', 'silent');
const server = await startPostgres();
afterAll(() => server.stop());

function sqliteOf(layout: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'tallygate-')), 'tallygate.db');
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.exec(`BEGIN; ${read(`${layout}.sqlite.sql`)} COMMIT`);
  database.close();
  return path;
}

const databases: [string, (layout: string) => Promise<string>][] = [
  ['SQLite', async (layout) => `file:${sqliteOf(layout)}`],
  [
    'PostgreSQL',
    async (layout) => {
      const url = await server.createDatabase();
      await server.run(url, read(`${layout}.postgres.sql`));
      return url;
    },
  ],
];

const open = (url: string) => openStore({ url, bearer: '', logger });
const always = { from: 0, to: 9_000_000_000_000 };

async function expectAllOf(store: Store, records: BookableRecord[]) {
  for (const { id, data } of records) {
    expect(await store.requestLogs.find(id)).toMatchObject({
      ...storable(data),
      id,
      request_preview: requestPreview(data.request),
      response_preview: responsePreview(data.response),
    });
  }
  const sum = (of: (data: BookableRecord['data']) => number) =>
    records.reduce((total, { data }) => total + of(data), 0);
  const totals = await store.usage.totals({ range: always, filter: {} });
  expect(totals).toMatchObject({
    calls: records.length,
    cost_nanos: sum((data) => data.cost_nanos ?? 0),
    failures: sum((data) => (data.status === 'failure' ? 1 : 0)),
    tokens: Object.fromEntries(tokenKinds.map((kind) => [kind, sum((data) => data.tokens[kind])])),
  });
  const scopes = [
    ['global', '', () => true],
    ['team', 'team-1', (data) => data.team_id === 'team-1'],
    ['end_user', 'kundin-ß', (data) => data.end_user === 'kundin-ß'],
    ['tag', 'a b', (data) => data.tags.includes('a b')],
  ] satisfies [SpendScope, string, (data: BookableRecord['data']) => boolean][];
  for (const [scope, id, isOf] of scopes) {
    expect(await store.spend.of(scope, id)).toEqual({
      calls: sum((data) => (isOf(data) ? 1 : 0)),
      cost_nanos: sum((data) => (isOf(data) ? (data.cost_nanos ?? 0) : 0)),
    });
  }
}

/** Pages until the end: one look is bounded, and the calls lie centuries apart. */
async function idsWith(store: Store, text: string): Promise<string[]> {
  const ids: string[] = [];
  let before: number | undefined;
  do {
    const page = await store.requestLogs.list({
      range: always,
      filter: { text },
      limit: 100,
      before,
    });
    ids.push(...page.rows.map((row) => row.id));
    before = page.next ?? undefined;
  } while (before !== undefined);
  return ids;
}

describe.each(layouts)('a database of %s', (layout) => {
  const records: BookableRecord[] = read(`${layout}.records.jsonl`)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

  test.each(databases)(
    'is brought up on %s once, by two starters at once, whole',
    async (_, make) => {
      const url = await make(layout);
      const [store, other] = await Promise.all([open(url), open(url)]);
      await expectAllOf(store, records);
      expect(await idsWith(store, 'marvelword7')).toEqual(['fixture-call-7']);
      // What comes again is known, and what is new goes beside it.
      const [first] = records as [BookableRecord];
      const fresh = {
        ...first,
        id: 'fresh',
        data: { ...first.data, model: 'fresh', team_id: 'new' },
      };
      expect(await other.requestLogs.book([...records, fresh])).toEqual({
        booked: 1,
        duplicates: records.length,
        conflicts: [],
      });
      await Promise.all([store.close(), other.close()]);
      const again = await open(url);
      expect((await again.spend.of('global', '')).calls).toBe(records.length + 1);
      await again.close();
    },
    90_000,
  );
});

test('each migration has a fixture of the layout before it, on both databases', () => {
  const before = migrationNames.slice(0, -1);
  const missing = before.flatMap((name) =>
    ['sqlite.sql', 'postgres.sql', 'records.jsonl']
      .map((kind) => `${name}.${kind}`)
      .filter((file) => !existsSync(join(folder, file))),
  );
  expect(missing).toEqual([]);
});

/** The first layout with its calls many times over, so that bringing it up takes a while. */
function aLongOne(): { path: string; calls: number } {
  const path = sqliteOf('0001-books');
  const database = new Database(path);
  for (const table of ['request_logs', 'request_payloads', 'attempts']) {
    const names = (database.pragma(`table_info(${table})`) as { name: string }[]).map(
      ({ name }) => name,
    );
    const [columns, others] = [names.join(', '), names.slice(1).join(', ')];
    database.exec(`WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 60)
      INSERT INTO ${table} (${columns}) SELECT id || '-' || n, ${others} FROM ${table}, numbers`);
  }
  const calls = database.prepare('SELECT COUNT(*) FROM request_logs').pluck().get() as number;
  database.close();
  return { path, calls };
}

test('kill -9 in the middle of a migration leaves the database as it was', async () => {
  const { path, calls } = aLongOne();
  const child = fork(new URL('./open-and-wait.fixture.ts', import.meta.url), [path]);
  let isUp = false;
  child.on('message', () => {
    isUp = true;
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  // Pages that are not committed go to the log once there are too many of them to be kept.
  const isUnderWay = () => (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 1e6;
  while (!isUnderWay() && child.exitCode === null) await delay(1);
  child.kill('SIGKILL');
  await exited;
  expect(isUp).toBe(false);

  const database = new Database(path);
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(database.prepare('SELECT name FROM migrations').pluck().all()).toEqual(['0001-books']);
  expect(database.prepare('SELECT COUNT(*) FROM request_logs').pluck().get()).toBe(calls);
  database.close();

  const store = await open(`file:${path}`);
  expect((await store.spend.of('global', '')).calls).toBe(calls);
  await store.close();
});
