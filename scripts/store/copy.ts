import { atOneMoment, type Books, needThisLayout, openBooks, withoutPassword } from './books.ts';
import {
  identityOf,
  progressOf,
  releaseTarget,
  saveProgress,
  setIdentities,
  takeTarget,
} from './copy-target.ts';
import { makeRoomFor, type Place, piecesAfter, placeOf, prepareWriting } from './rows.ts';
import { needSameTables, type Row, type Table, tablesOf } from './tables.ts';
import { compareSample, differencesOf, totalsOf } from './verify.ts';

export interface CopyOptions {
  from: string;
  to: string;
  say: (line: string) => void;
}

/**
 * Copies every row of every table, so that what was booked long ago comes along although its log
 * is gone. Killed at any point, the same command goes on where it was.
 */
export async function copy({ from, to, say }: CopyOptions): Promise<void> {
  const source = openBooks(from, { access: 'read' });
  try {
    await needThisLayout(source, withoutPassword(from));
    const target = openBooks(to, { access: 'write' });
    try {
      const identity = await identityOf(source);
      await takeTarget(target, identity);
      await atOneMoment(source, async (db) => {
        await copyTables({ ...source, db }, target, identity, say);
      });
    } finally {
      await target.db.destroy();
    }
  } finally {
    await source.db.destroy();
  }
}

async function copyTables(
  source: Books,
  target: Books,
  identity: string,
  say: (line: string) => void,
): Promise<void> {
  const [ours, theirs] = [await tablesOf(source), await tablesOf(target)];
  needSameTables(ours, theirs);
  await setIdentities(target, theirs, 'BY DEFAULT');
  const progress = await progressOf(target);
  const began = performance.now();
  let copied = 0;
  for (const table of theirs) {
    const place = progress.get(table.name) ?? null;
    copied += await copyTable(source, target, { table, identity, place }, say);
  }
  const seconds = (performance.now() - began) / 1000;
  say(`${copied} rows in ${seconds.toFixed(1)} s, ${perSecond(copied, seconds)}. Comparing …`);
  await compare(source, target, ours, say);
  await releaseTarget(target, theirs);
  say('The copy is whole.');
}

async function copyTable(
  source: Books,
  target: Books,
  { table, identity, place }: { table: Table; identity: string; place: Place | null },
  say: (line: string) => void,
): Promise<number> {
  const write = prepareWriting(target.dialect, table);
  const began = performance.now();
  let copied = 0;
  for await (const rows of piecesAfter(source.db, table, place)) {
    await makeRoomFor(target.db, target.dialect, table, rows);
    await target.db.transaction().execute(async (transaction) => {
      await write(transaction, rows);
      const reached = placeOf(table, rows.at(-1) as Row);
      await saveProgress(transaction, { table, source: identity, place: reached });
    });
    copied += rows.length;
  }
  const seconds = (performance.now() - began) / 1000;
  const goingOn = place === null ? '' : ', going on with what was there';
  if (copied > 0 || place !== null) {
    say(`  ${table.name}: ${copied} rows, ${perSecond(copied, seconds)}${goingOn}`);
  }
  return copied;
}

const perSecond = (rows: number, seconds: number) =>
  `${Math.round(rows / Math.max(seconds, 0.001))} rows/s`;

async function compare(
  source: Books,
  target: Books,
  tables: Table[],
  say: (line: string) => void,
): Promise<void> {
  const found: string[] = [];
  const empty: string[] = [];
  for (const table of tables) {
    const totals = await totalsOf(source.db, table);
    const differences = differencesOf(table.name, totals, await totalsOf(target.db, table));
    found.push(...differences);
    if (differences.length > 0) continue;
    found.push(...(await compareSample(source.db, target.db, table, Number(totals.rows))));
    const figures = ['calls', 'total_tokens', 'cost_nanos']
      .filter((name) => totals.sums.has(name))
      .map((name) => `, ${name} ${totals.sums.get(name)}`);
    if (totals.rows === 0n) empty.push(table.name);
    else say(`  ${table.name}: ${totals.rows} rows on both sides${figures.join('')}`);
  }
  if (empty.length > 0) say(`  empty on both sides: ${empty.join(', ')}`);
  if (found.length === 0) return;
  for (const difference of found) say(`  ${difference}`);
  throw new Error(
    'The copy differs from its source, which was written to meanwhile if nothing else is wrong. Stop what writes, empty the target and copy again.',
  );
}
