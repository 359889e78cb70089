import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestCompleted } from '../../../functions/_shared/events/types.ts';
import { maintain } from '../../../functions/_shared/store/sql/maintenance/opened.fixture.ts';
import { createSqlStore } from '../../../functions/_shared/store/sql/sql-store.ts';
import { openDatabase, sqliteDialect } from '../../../functions/_shared/store/sqlite/database.ts';
import type { Store } from '../../../functions/_shared/store/store.ts';
import { bundleEntries, entries } from '../../build/functions.ts';
import { open } from '../../store/store.fixture.ts';
import { allRows } from '../books.ts';
import { createLedger, killAgainAndAgain } from './kill-rounds.ts';
import { bodiesArePast, factsOf, idOf, logIsPast, numberOf, retention } from './numbered-record.ts';
import { expectPlainSums, expectWhole } from './plain-books.ts';
import { root, seed, setting } from './settings.ts';

/**
 * The store, killed at hundreds of random points while it books, joins blocks and deletes what is
 * past. STORE_KILLS says how often, SEED which schedule is played again.
 */
const wanted = setting('STORE_KILLS', 200);

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallygate-killed-'));
  const { 'sqlite-worker': worker } = entries;
  await bundleEntries(root, {
    entries: { booking: 'scripts/test/holds/booking.ts', 'sqlite-worker': worker },
    outdir: folder,
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the dead ones had begun to do. */
async function deleteWhatIsPast(path: string): Promise<void> {
  const db = openDatabase(path, { readonly: false });
  const opened = { db, dialect: sqliteDialect, store: createSqlStore(db, sqliteDialect) };
  await maintain(opened, retention);
  await db.destroy();
}

/** How many logs have their bodies: all whose time is not past, and none has another's. */
async function readBodies(store: Store, numbers: number[], now: number): Promise<number> {
  let bodies = 0;
  for (const number of numbers) {
    const { request = null, response } = factsOf(number, now);
    const call = await store.requestLogs.find(idOf(number));
    const wereDeleted = bodiesArePast(number) && call?.bodies_withheld !== null;
    if (wereDeleted) expect(call, idOf(number)).toMatchObject({ request: null, response: null });
    else expect(call, idOf(number)).toMatchObject({ request, response });
    if (call?.request) bodies++;
  }
  return bodies;
}

test('kill -9 of who books and maintains: each record once, and all sums are plain ones', async () => {
  const path = join(folder, 'tallygate.db');
  const now = Date.now();
  const ledger = createLedger();
  let damaged = 0;
  const { kills, survived } = await killAgainAndAgain({
    script: join(folder, 'booking.mjs'),
    kills: wanted,
    seed,
    ledger,
    orderFor: (batches) => ({ path, now, batches }),
    afterKill(kill) {
      const database = new Database(path, { timeout: 5000 });
      const look = kill % 20 === 0 ? 'integrity_check' : 'quick_check';
      if (database.pragma(look, { simple: true }) !== 'ok') damaged++;
      database.close();
    },
  });

  await deleteWhatIsPast(path);
  const numbers = Array.from({ length: ledger.sent }, (_, number) => number);
  const kept = numbers.filter((number) => !logIsPast(number));
  const store = await open(`file:${path}`);
  const rows = (await allRows({ store })).map(({ id }) => numberOf(id));
  const there = new Set(rows);
  const missing = kept.filter((number) => !there.has(number));
  const doubled = rows.length - there.size;
  const bodies = await readBodies(store, kept, now);
  console.info(
    `store: kills ${kills} (${survived} were done before; seed ${seed}), records ${numbers.length}, sent again ${ledger.sentAgain}, logs kept ${rows.length}, bodies read ${bodies}, missing ${missing.length}, doubled ${doubled}, files damaged ${damaged}`,
  );
  expect({ kills, missing, doubled, damaged }).toEqual({
    kills: wanted,
    missing: [],
    doubled: 0,
    damaged: 0,
  });
  expect(rows).toHaveLength(kept.length);
  expect(ledger.acked).toBe(numbers.length);
  const calls = numbers.map((number) => requestCompleted.parse(factsOf(number, now)));
  await expectPlainSums(store, calls);
  await store.close();
  console.info(`store: ${await expectWhole(`file:${path}`)}`);
}, 600_000);
