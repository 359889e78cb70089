import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestCompleted } from '../_shared/events/types.ts';
import { openSqliteStore } from '../_shared/store/sqlite/sqlite.ts';
import type { Store } from '../_shared/store/store.ts';
import { createLogger, createMetrics } from '../_shared/telemetry.ts';
import { createBookKeeper } from './book-keeper.ts';

const folder = mkdtempSync(join(tmpdir(), 'tallygate-ingest-'));
const logger = createLogger('ingest', 'silent');
let store: Store;
beforeAll(async () => {
  store = await openSqliteStore({ path: join(folder, 'tallygate.db'), logger });
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const record = (id: string) => ({
  id,
  source: '/test',
  data: requestCompleted.parse({ started_at: Date.now(), model: 'm' }),
});

test('a record that cannot be booked keeps nobody else out', async () => {
  const metrics = createMetrics();
  const { book } = createBookKeeper({ store, logger, metrics });
  const endless = 'x'.repeat(600);
  const outcomes = await Promise.allSettled(
    ['one', endless, 'two'].map((id) => book([record(id)])),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(outcomes[1]).toMatchObject({ reason: { code: 'invalid_request' } });
  expect(await store.requestLogs.find('one')).not.toBeNull();
  expect(await store.requestLogs.find('two')).not.toBeNull();
  expect(await metrics.metrics()).toContain('ingest_records_booked_total 2');
});

test('an id that is used again for another call is counted and named, not booked', async () => {
  const metrics = createMetrics();
  const lines: string[] = [];
  const told = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
  const { book } = createBookKeeper({ store, logger: told, metrics });
  const first = record('reused');
  const other = { ...first, data: { ...first.data, model: 'a-secret-model' } };
  await book([first, record('single')]);
  await book([first]);
  expect(lines).toEqual([]);
  await book([other]);
  await Promise.all([book([other]), book([first]), book([other])]);
  expect(await metrics.metrics()).toContain('ingest_records_conflict_total 3');
  expect(await metrics.metrics()).toContain('ingest_records_booked_total 2');
  expect((await store.requestLogs.find('reused'))?.model).toBe('m');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 40, id: 'reused', source: '/test' });
  expect(lines[0]).not.toContain('a-secret-model');
});
