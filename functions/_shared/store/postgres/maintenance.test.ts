import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { afterAll, expect, test, vi } from 'vitest';
import { createLogger, createMetrics } from '../../telemetry.ts';
import { aRecord } from '../contract/record.fixture.ts';
import { openStore } from '../open.ts';
import { keepsAll } from '../retention.ts';
import { describeJoining } from '../sql/maintenance/joining.fixture.ts';
import { maintain, type OpenedStore } from '../sql/maintenance/opened.fixture.ts';
import { describeRetention } from '../sql/maintenance/retention.fixture.ts';
import { migrate } from '../sql/migrations.ts';
import { createSqlStore } from '../sql/sql-store.ts';
import type { Tables } from '../sql/tables.ts';
import { alone } from './alone.ts';
import { createPostgresDialect } from './dialect.ts';
import { openPool } from './pool.ts';
import { startPostgres } from './server.fixture.ts';

const logger = createLogger('test', 'silent');
const dayMs = 86_400_000;
const forEver = Number.POSITIVE_INFINITY;
const server = await startPostgres();
afterAll(() => server.stop(), 60_000);

function connect(url: string) {
  const pool = openPool({ url, logger });
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

async function open(url?: string): Promise<OpenedStore> {
  const db = connect(url ?? (await server.createDatabase()));
  const dialect = createPostgresDialect();
  await migrate(db, dialect);
  return { store: createSqlStore(db, dialect), db, dialect };
}

describeRetention('PostgreSQL', () => open());
describeJoining('PostgreSQL', () => open());

const partitionsAt = async (url: string) =>
  (
    await server.run(
      url,
      "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'request_logs'::regclass ORDER BY 1",
    )
  ).map(({ name }) => name);

const beginOfMonth = (back: number) => {
  const now = new Date();
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back);
};

/** A call of the second day of each of the last months, newest first. */
const months = (count: number) =>
  Array.from({ length: count }, (_, back) =>
    aRecord({ started_at: beginOfMonth(back) + dayMs }, `months-ago-${back}`),
  );

const keptSince = (back: number) => ({
  logs: { ageMs: Date.now() - beginOfMonth(back), rows: forEver },
});

test('months that are past go with their partition, what lies apart row by row', async () => {
  const url = await server.createDatabase();
  const opened = await open(url);
  const { store } = opened;
  await store.requestLogs.book([...months(6), aRecord({ started_at: 1000 }, 'apart')]);
  expect(await partitionsAt(url)).toHaveLength(7);
  await maintain(opened, keptSince(2));
  expect(await partitionsAt(url)).toHaveLength(4);
  const kept = await server.run(url, 'SELECT id FROM request_logs ORDER BY seq DESC');
  expect(kept.map(({ id }) => id)).toEqual(['months-ago-0', 'months-ago-1', 'months-ago-2']);
  // A record of such a month that comes late has a place, and goes with the next round.
  await store.requestLogs.book([aRecord({ started_at: Date.now() - 150 * dayMs }, 'late')]);
  expect(await store.requestLogs.find('late')).not.toBeNull();
  await maintain(opened, keptSince(2));
  expect(await store.requestLogs.find('late')).toBeNull();
  await store.close();
}, 30_000);

test('a partition that somebody reads is emptied instead, without a wait', async () => {
  const url = await server.createDatabase();
  const opened = await open(url);
  const { store } = opened;
  await store.requestLogs.book(months(3));
  const reader = new pg.Client({ connectionString: url });
  await reader.connect();
  await reader.query('BEGIN; SELECT COUNT(*) FROM request_logs');
  await maintain(opened, keptSince(1));
  expect(await store.requestLogs.find('months-ago-2')).toBeNull();
  expect(await store.requestLogs.find('months-ago-0')).not.toBeNull();
  expect(await partitionsAt(url)).toHaveLength(4);
  await reader.end();
  await maintain(opened, keptSince(1));
  expect(await partitionsAt(url)).toHaveLength(3);
  await store.close();
}, 30_000);

test('of several processes one does it at a time; the next when that one is gone', async () => {
  const url = await server.createDatabase();
  const [one, other] = [connect(url), connect(url)];
  const atWork = Promise.withResolvers<void>();
  const work = alone(one, () => atWork.promise.then(() => 'done'));
  await vi.waitFor(async () => expect(await alone(other, async () => 'too')).toBeUndefined());
  atWork.resolve();
  expect(await work).toBe('done');
  expect(await alone(other, async () => 'now')).toBe('now');
  await Promise.all([one.destroy(), other.destroy()]);
}, 30_000);

test('stores that are opened to be kept within bounds share the work, and each tells its own', async () => {
  const url = await server.createDatabase();
  const retention = { ...keepsAll, logs: { ageMs: dayMs, rows: forEver } };
  const metrics = [createMetrics(), createMetrics()];
  const stores = await Promise.all(
    metrics.map((registry) =>
      openStore({
        url,
        bearer: '',
        logger,
        maintenance: { retention, metrics: registry, everyMs: 50 },
      }),
    ),
  );
  const records = Array.from({ length: 40 }, (_, index) =>
    aRecord({ started_at: Date.now() - 2 * dayMs }, `past-${index}`),
  );
  await stores[0]?.requestLogs.book([...records, aRecord({}, 'fresh')]);
  const deletedBy = async (index: number) => {
    const text = (await metrics[index]?.metrics()) ?? '';
    expect(text).toMatch(/^store_bytes [1-9]\d{6,}$/m);
    return Number(/^store_deleted_rows_total\{kind="logs"\} (\d+)$/m.exec(text)?.[1] ?? 0);
  };
  await vi.waitFor(
    async () => expect((await deletedBy(0)) + (await deletedBy(1))).toBe(records.length),
    20_000,
  );
  expect(await stores[1]?.requestLogs.find('fresh')).not.toBeNull();
  await Promise.all(stores.map((store) => store.close()));
}, 30_000);
