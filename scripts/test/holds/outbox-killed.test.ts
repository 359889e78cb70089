import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GatewayError } from '../../../functions/_shared/errors.ts';
import { requestCompleted } from '../../../functions/_shared/events/types.ts';
import { eventsKey, type Ingest, startIngest } from '../../../functions/ingest/ingest.fixture.ts';
import { bundleEntries, entries } from '../../build/functions.ts';
import { aPath, open } from '../../store/store.fixture.ts';
import { allRows } from '../books.ts';
import { createLedger, killAgainAndAgain } from './kill-rounds.ts';
import { factsOf, numberOf } from './numbered-record.ts';
import { expectPlainSums, expectWhole } from './plain-books.ts';
import { root, seed, setting } from './settings.ts';

/**
 * The proxy's outbox, killed at hundreds of random points while it keeps records and delivers them
 * to an ingest whose answer is lost now and then. OUTBOX_KILLS says how often, SEED which schedule
 * is played again.
 */
const wanted = setting('OUTBOX_KILLS', 60);
/** Of the transactions of ingest, every so many-th is committed and then said to have failed. */
const lostAnswerEvery = 7;

let folder: string;
let ingest: Ingest;
const books = aPath();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallygate-killed-'));
  const { 'outbox-worker': worker } = entries;
  await bundleEntries(root, {
    entries: { putting: 'scripts/test/holds/putting.ts', 'outbox-worker': worker },
    outdir: folder,
  });
  const store = await open(`file:${books}`);
  let batches = 0;
  ingest = await startIngest({
    store: {
      ...store,
      requestLogs: {
        ...store.requestLogs,
        async book(records) {
          const answer = await store.requestLogs.book(records);
          if (++batches % lostAnswerEvery === 0) {
            throw new GatewayError('unavailable', 'The answer of the store was lost.');
          }
          return answer;
        },
      },
    },
  });
});
afterAll(async () => {
  await ingest?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function countOf(name: string): Promise<number> {
  const { values = [] } = (await ingest.metrics.getSingleMetric(name)?.get()) ?? {};
  return values[0]?.value ?? Number.NaN;
}

test('kill -9 of an outbox: what it said was kept is booked, and once', async () => {
  const path = join(folder, 'outbox.db');
  const now = Date.now();
  const ledger = createLedger();
  let damaged = 0;
  const { kills, survived } = await killAgainAndAgain({
    script: join(folder, 'putting.mjs'),
    kills: wanted,
    seed,
    ledger,
    orderFor: (batches) => ({
      path,
      sink: `${ingest.url}/events`,
      key: eventsKey.toString('hex'),
      now,
      batches,
    }),
    afterKill() {
      const database = new Database(path, { timeout: 5000 });
      if (database.pragma('integrity_check', { simple: true }) !== 'ok') damaged++;
      database.close();
    },
  });

  const left = new Database(path, { readonly: true });
  const waiting = left.prepare('SELECT count(*) FROM outbox').pluck().get();
  left.close();
  const { store } = ingest;
  const rows = (await allRows({ store })).map(({ id }) => numberOf(id));
  const there = new Set(rows);
  const numbers = Array.from({ length: ledger.sent }, (_, number) => number);
  const missing = numbers.filter((number) => !there.has(number));
  const doubled = rows.length - there.size;
  console.info(
    `outbox: kills ${kills} (${survived} were done before; seed ${seed}), records ${rows.length}, put again ${ledger.sentAgain}, came to ingest again ${await countOf('ingest_records_duplicate_total')}, left in the outbox ${waiting}, missing ${missing.length}, doubled ${doubled}, files damaged ${damaged}`,
  );
  expect({ kills, missing, doubled, damaged, waiting }).toEqual({
    kills: wanted,
    missing: [],
    doubled: 0,
    damaged: 0,
    waiting: 0,
  });
  expect(rows).toHaveLength(numbers.length);
  expect(await countOf('ingest_records_conflict_total')).toBe(0);
  const calls = numbers.map((number) => requestCompleted.parse(factsOf(number, now)));
  await expectPlainSums(store, calls);
  console.info(`outbox: ${await expectWhole(`file:${books}`)}`);
}, 600_000);
