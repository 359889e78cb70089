import { afterAll, expect, test, vi } from 'vitest';
import { createLogger } from '../../telemetry.ts';
import { aRecord } from '../contract/record.fixture.ts';
import { describeStore } from '../contract.fixture.ts';
import { openStore } from '../open.ts';
import type { BookableRecord } from '../request-logs.ts';
import { callNameOf } from '../sql/call-name.ts';
import { startPostgres } from './server.fixture.ts';

const logger = createLogger('test', 'silent');
const server = await startPostgres();
afterAll(() => server.stop());

const open = (url: string) => openStore({ url, bearer: '', logger });

describeStore('PostgreSQL', async () => open(await server.createDatabase()));

test('three starters on one new database all come up', async () => {
  const url = await server.createDatabase();
  const stores = await Promise.all([1, 2, 3].map(() => open(url)));
  await stores[0]?.requestLogs.book([aRecord({}, 'shared')]);
  expect(await stores[2]?.requestLogs.find('shared')).toMatchObject({ id: 'shared' });
  await Promise.all(stores.map((store) => store.close()));
});

test('a database of a newer program is refused, with its name', async () => {
  const url = await server.createDatabase();
  await (await open(url)).close();
  await server.run(url, "INSERT INTO migrations VALUES ('9999-from-the-future', 0)");
  await expect(open(url)).rejects.toThrow(/newer Tallygate.*9999-from-the-future/);
});

test('a database that cannot hold every text is refused, saying what to do', async () => {
  const latin = "ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0";
  await expect(open(await server.createDatabase(latin))).rejects.toThrow(/LATIN1.*UTF8/);
});

test('a call is booked once even where its records lie in different months', async () => {
  const url = await server.createDatabase();
  const stores = await Promise.all([open(url), open(url)]);
  const now = Date.now();
  const times = [now, now - 40 * 86_400_000, now - 80 * 86_400_000, 0, Date.UTC(2200, 0)];
  const answers = await Promise.all(
    times.flatMap((started_at) => {
      const records = [
        aRecord({ started_at }, 'moving'),
        aRecord({ started_at }, `at-${started_at}`),
      ];
      return stores.map((store) => store.requestLogs.book(records));
    }),
  );
  expect(answers.reduce((sum, { booked }) => sum + booked, 0)).toBe(1 + times.length);
  const rows = await server.run(
    url,
    'SELECT tableoid::regclass::text AS part, started_at FROM request_logs ORDER BY started_at, id',
  );
  expect(rows).toHaveLength(1 + times.length);
  // A month has its own partition; what cannot be true lies apart and makes none.
  for (const { part, started_at } of rows) {
    const month = new Date(Number(started_at)).toISOString().slice(0, 7).replace('-', '_');
    const plausible = /^202/.test(month);
    expect(part).toBe(plausible ? `logs_of_${month}` : 'request_logs_other');
  }
  await Promise.all(stores.map((store) => store.close()));
});

test('rows that came before their partition stay found, and new ones go beside them', async () => {
  const url = await server.createDatabase();
  const store = await open(url);
  const started_at = Date.now();
  const name = callNameOf({ id: 'early', source: '/s' });
  // As if this month had been too far ahead when its first record came.
  await server.run(
    url,
    `INSERT INTO booked_calls VALUES (${started_at * 1000}, '\\x${name.toString('hex')}');
     INSERT INTO request_logs_other (seq, id, source, booked_at, started_at, cache_hit, operation,
      endpoint, stream, status, model, key_id, team_id, user_id, end_user, tags, cost_lines,
      total_tokens, tokens_input, tokens_cache_read, tokens_cache_write, tokens_input_audio,
      tokens_output, tokens_reasoning, tokens_output_audio)
     VALUES (${started_at * 1000}, 'early', '/s', 0, ${started_at}, 0, 'chat', '/', 0, 'success',
      'm', '', '', '', '', '[]', '[]', 0, 0, 0, 0, 0, 0, 0, 0)`,
  );
  expect(await store.requestLogs.book([aRecord({ started_at }, 'later')])).toMatchObject({
    booked: 1,
  });
  expect(await store.requestLogs.find('early')).toMatchObject({ started_at });
  expect(await store.requestLogs.find('later')).toMatchObject({ started_at });
  await store.close();
});

test('two stores that book the same records in opposite order lock up nobody', async () => {
  const url = await server.createDatabase();
  const stores = await Promise.all([open(url), open(url)]);
  const records = Array.from({ length: 300 }, (_, index) =>
    aRecord({
      started_at: Date.now() - index * 60_000,
      model: `m${index % 7}`,
      key_id: `k${index % 11}`,
      tags: [`t${index % 5}`, `t${index % 3}`],
    }),
  );
  const batches = Array.from({ length: 30 }, (_, index) => {
    const batch = records.slice(index * 10 - 50 < 0 ? 0 : index * 10 - 50, index * 10 + 10);
    return index % 2 === 0 ? batch : batch.toReversed();
  });
  const answers = await Promise.all(
    stores.flatMap((store, of) =>
      (of === 0 ? batches : batches.toReversed()).map((batch) => store.requestLogs.book(batch)),
    ),
  );
  expect(answers.reduce((sum, { booked }) => sum + booked, 0)).toBe(records.length);
  expect((await stores[0]?.spend.of('global', ''))?.calls).toBe(records.length);
  const rows = await server.run(
    url,
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  );
  expect(rows).toEqual([{ deadlocks: '0' }]);
  await Promise.all(stores.map((store) => store.close()));
});

test('what was acknowledged is there once after kill -9 of the server; the rest is unavailable', async () => {
  const url = await server.createDatabase();
  const store = await open(url);
  const acknowledged: BookableRecord[] = [];
  const failures: unknown[] = [];
  let enough = () => {};
  const underWay = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const refused: BookableRecord[] = [];
  const book = async () => {
    while (failures.length < 8) {
      const records = Array.from({ length: 10 }, () => aRecord({ key_id: 'loop' }));
      try {
        await store.requestLogs.book(records);
        acknowledged.push(...records);
        if (acknowledged.length >= 500) enough();
      } catch (error) {
        failures.push(error);
        refused.push(...records);
      }
    }
  };
  const booking = Promise.all([book(), book(), book()]);
  await underWay;
  await server.kill();
  await booking;
  for (const failure of failures) {
    expect(failure).toMatchObject({ code: 'unavailable', retryable: true });
  }
  await expect(store.ping()).rejects.toMatchObject({ code: 'unavailable' });

  await server.start();
  // Whether the last ones were committed nobody was told: they come again, as a broker's would.
  await store.requestLogs.book(refused);
  const all = [...acknowledged, ...refused].map((record) => record.id).sort();
  const rows = await server.run(url, 'SELECT id FROM request_logs');
  expect(rows.map((row) => row.id as string).sort()).toEqual(all);
  expect((await store.spend.of('key', 'loop')).calls).toBe(all.length);
  const range = { from: 0, to: Date.now() + 60_000 };
  expect((await store.usage.totals({ range, filter: {} })).calls).toBe(all.length);
  await store.close();
});

test('connections that the server ends are replaced', async () => {
  const url = await server.createDatabase();
  const store = await open(url);
  let ended = 0;
  const book = async () => {
    for (let count = 0; ended < 20; count++) {
      const record = aRecord({ key_id: 'ended' }, `ended-${count % 50}`);
      await store.requestLogs.book([record]).catch((error) => {
        expect(error).toMatchObject({ code: 'unavailable' });
      });
    }
  };
  const booking = Promise.all([book(), book(), book()]);
  for (; ended < 20; ended++) {
    await server.run(
      url,
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
  }
  await booking;
  const records = Array.from({ length: 50 }, (_, index) =>
    aRecord({ key_id: 'ended' }, `ended-${index}`),
  );
  // The last to be ended may not know it yet: the first to use it hears so, as a broker would.
  await vi.waitFor(() => store.requestLogs.book(records), { timeout: 10_000 });
  expect((await store.spend.of('key', 'ended')).calls).toBe(50);
  await store.close();
});

test('a function starts without its server, and has it when it is there', async () => {
  const url = await server.createDatabase();
  await server.kill();
  const store = await open(url);
  await expect(store.requestLogs.book([aRecord()])).rejects.toMatchObject({
    code: 'unavailable',
    retryable: true,
  });
  await server.start();
  expect(await store.requestLogs.book([aRecord()])).toMatchObject({ booked: 1 });
  await store.close();
});

test('what is wrong with a statement is not told to the caller', async () => {
  const url = await server.createDatabase();
  const store = await open(url);
  await server.run(url, 'ALTER TABLE spend RENAME TO gone');
  await expect(store.spend.of('global', '')).rejects.toMatchObject({
    code: 'internal',
    message: expect.not.stringMatching(/spend|relation|select/i),
  });
  await store.close();
  await expect(store.ping()).rejects.toMatchObject({ code: 'unavailable' });
});
