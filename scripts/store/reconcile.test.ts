import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { aRecord } from '../../functions/_shared/store/contract/record.fixture.ts';
import { startPostgres } from '../../functions/_shared/store/postgres/server.fixture.ts';
import type { Store } from '../../functions/_shared/store/store.ts';
import { allRowsOf, aPath, foldAllOf, open, runStore, someBooks } from './store.fixture.ts';

// Each starts the command several times over.
vi.setConfig({ testTimeout: 180_000 });

const server = await startPostgres();
afterAll(() => server.stop());

const dayMs = 86_400_000;
const always = { from: Date.now() - 30 * dayMs, to: Date.now() + dayMs };

/** Calls of four days, with more tags than usage counts, all of whose logs are there. */
function someCalls() {
  return Array.from({ length: 240 }, (_, index) =>
    aRecord(
      {
        started_at: Date.now() - (index % 4) * dayMs - index * 60_000,
        model: `m${index % 3}`,
        provider: index % 5 ? 'openai' : null,
        status: index % 9 ? 'success' : 'failure',
        key_id: index % 2 ? 'k1' : '',
        team_id: `t${index % 2}`,
        user_id: `u${index % 4}`,
        end_user: index % 3 ? `e${index % 3}` : '',
        tags: index % 4 ? [] : Array.from({ length: index % 12 }, (_, tag) => `tag ${tag}`),
        cost_nanos: index % 7 ? 1_000_000_007 + index : null,
        cache_hit: index % 6 === 0,
        saved_nanos: index % 6 ? null : 3,
        latency_ms: index + 0.5,
        time_to_first_token_ms: index % 2 ? index : null,
        tokens: { input: index, output: 2 },
      },
      `reconciled-${index}`,
    ),
  );
}

/** What people see of the sums. */
async function figuresOf(store: Store) {
  const query = { range: always, filter: {} };
  return {
    totals: await store.usage.totals(query),
    hours: await store.usage.series({ ...query, step: 'hour', time_zone: 'Asia/Kathmandu' }),
    tags: await store.usage.rank({ ...query, by: 'tag', limit: 100 }),
    keys: await store.usage.rank({ ...query, by: 'key_id', limit: 100 }),
    spend: await Promise.all(
      (['global', 'key', 'team', 'user', 'end_user', 'tag'] as const).map((scope) =>
        store.spend.list({ scope, limit: 100 }),
      ),
    ),
  };
}

interface Place {
  url: string;
  run(statement: string): Promise<unknown>;
}

const places: [string, () => Promise<Place>][] = [
  [
    'SQLite',
    async () => {
      const path = aPath();
      return {
        url: `file:${path}`,
        run: async (statement) => {
          const database = new Database(path, { timeout: 5000 });
          database.exec(statement);
          database.close();
        },
      };
    },
  ],
  [
    'PostgreSQL',
    async () => {
      const url = await server.createDatabase();
      return { url, run: (statement) => server.run(url, statement) };
    },
  ],
];

const damage: [string, RegExp][] = [
  [
    'UPDATE rollups SET cost_nanos = cost_nanos + 1 WHERE level = 47',
    /cost_nanos is \d+, should be \d+/,
  ],
  [
    'DELETE FROM rollups WHERE level = 43 AND key_id <> 0',
    /1440 min from .*key_id k1.*calls is 0, should be \d+/,
  ],
  ['UPDATE rollups SET model = model + 7000 WHERE level = 34', /60 min from .*model/],
  [
    'UPDATE rollups SET sketches = (SELECT sketches FROM rollups WHERE level = 47 ORDER BY cell_start LIMIT 1) WHERE level = 20',
    /the sketches of latency differ/,
  ],
  [
    "UPDATE spend SET cost_nanos = cost_nanos - 1 WHERE scope = 'tag'",
    /tag tag 0: \d+ nano-dollars/,
  ],
  [
    "DELETE FROM spend WHERE scope = 'end_user'",
    /end_user e1: 0 nano-dollars of 0 calls, should be \d+ of \d+/,
  ],
  [
    "INSERT INTO spend VALUES ('key', 'nobody', 5, 1)",
    /key nobody: 5 nano-dollars of 1 calls, should be 0 of 0/,
  ],
];

describe.each(places)('on %s', (_, make) => {
  test('whole books agree; each difference is told with both figures, and repaired', async () => {
    const { url, run } = await make();
    const store = await open(url);
    await store.requestLogs.book(someCalls());
    const figures = await figuresOf(store);
    const reconcile = (...more: string[]) => runStore(['reconcile', '--store', url, ...more]);
    expect(await reconcile()).toMatchObject({
      code: 0,
      text: expect.stringMatching(
        /240 calls compared.*end_user, tag\.\nLogs, rollups and spend agree/,
      ),
    });
    await foldAllOf(url);
    for (const [statement, said] of damage) {
      await run(statement);
      const { code, text } = await reconcile('--repair');
      expect(text).toMatch(said);
      expect(code).toBe(0);
    }
    expect(await figuresOf(store)).toEqual(figures);
    await run('DELETE FROM rollups WHERE level = 31');
    expect(await reconcile()).toMatchObject({
      code: 1,
      text: expect.stringMatching(/\d+ differences\.$/),
    });
    await store.close();
  });

  test('what is repaired beside those who book is neither too much nor too little', async () => {
    const { url, run } = await make();
    const store = await open(url);
    await store.requestLogs.book(someCalls());
    await foldAllOf(url);
    let booked = 240;
    let isRepaired = false;
    const book = async () => {
      while (!isRepaired) {
        const records = Array.from({ length: 5 }, () => aRecord({ model: `new ${booked}` }));
        const { booked: more } = await store.requestLogs.book(records);
        booked += more;
        // As fast as they can, three writers make more to compare than there was to compare before.
        await delay(20);
      }
    };
    const booking = Promise.all([book(), book(), book()]);
    for (let round = 0; round < 3; round++) {
      await run('UPDATE rollups SET calls = calls + 1 WHERE level IN (20, 21, 35, 47)');
      const { code, text } = await runStore(['reconcile', '--store', url, '--repair']);
      expect({ code, text }).toMatchObject({ code: 0, text: expect.stringContaining('made anew') });
    }
    isRepaired = true;
    await booking;
    expect((await store.usage.totals({ range: always, filter: {} })).calls).toBe(booked);
    expect((await store.spend.of('global', '')).calls).toBe(booked);
    expect(await runStore(['reconcile', '--store', url])).toMatchObject({ code: 0 });
    await store.close();
  });
});

test('a day whose logs are gone is compared within itself, and is not made anew', async () => {
  const path = await someBooks();
  await foldAllOf(`file:${path}`);
  const database = new Database(path);
  database.exec(
    "UPDATE spend SET cost_nanos = (SELECT SUM(cost_nanos) FROM rollups JOIN rollup_names ON name_id = team_id WHERE level = 45 AND name = 't1') WHERE scope = 'team' AND id = 't1'",
  );
  database.close();
  const args = ['reconcile', '--store', `file:${path}`];
  expect(await runStore(args)).toMatchObject({
    code: 0,
    text: expect.stringMatching(
      /[1-9]\d* without all their logs.*spend by global, key, team, user\./,
    ),
  });
  const oldest = new Database(path);
  oldest.exec(
    'UPDATE rollups SET calls = calls + 1 WHERE level = 35 AND cell_start = (SELECT MIN(cell_start) FROM rollups WHERE level = 35)',
  );
  oldest.close();
  const before = allRowsOf(path);
  const { code, text } = await runStore([...args, '--repair']);
  expect(text).toMatch(/the rollups and its quarters of an hour/);
  expect(text).toMatch(/cannot be made anew: logs of it were deleted/);
  expect(code).toBe(1);
  expect(allRowsOf(path)).toEqual(before);
  // Other days are as they should be.
  const day = new Date().toISOString().slice(0, 10);
  expect(await runStore([...args, '--from', day, '--to', day])).toMatchObject({ code: 0 });
  expect(await runStore([...args, '--from', 'yesterday'])).toMatchObject({
    code: 1,
    text: expect.stringContaining('--from is a day'),
  });
});

test('spend beyond the rollups is lowered to them only where that is said', async () => {
  const path = aPath();
  const store = await open(`file:${path}`);
  await store.requestLogs.book(someCalls());
  await store.close();
  await foldAllOf(`file:${path}`);
  const database = new Database(path);
  database.exec(
    'DELETE FROM rollups WHERE cell_start < (SELECT MAX(cell_start) FROM rollups WHERE level = 47)',
  );
  database.close();
  const spent = () => allRowsOf(path).get('spend');
  const before = spent();
  const args = ['reconcile', '--store', `file:${path}`, '--repair'];
  expect(await runStore(args)).toMatchObject({
    code: 1,
    text: expect.stringContaining('Spend is left as it is'),
  });
  expect(spent()).toEqual(before);
  expect(await runStore([...args, '--force'])).toMatchObject({ code: 0 });
  expect(spent()).not.toEqual(before);
});

test('kill -9 of a repair leaves each day as it was or as it should be', async () => {
  const path = aPath();
  const store = await open(`file:${path}`);
  await store.requestLogs.book(someCalls());
  await store.close();
  await foldAllOf(`file:${path}`);
  const database = new Database(path);
  database.exec('UPDATE rollups SET calls = calls + 1');
  database.close();
  const args = ['reconcile', '--store', `file:${path}`, '--repair'];
  const killed = await runStore(args, (line, child) => {
    if (line.includes('made anew')) child.kill('SIGKILL');
  });
  expect(killed.code).toBeNull();
  expect(await runStore(['check', '--store', `file:${path}`])).toMatchObject({ code: 0 });
  expect(await runStore(args)).toMatchObject({ code: 0 });
});
