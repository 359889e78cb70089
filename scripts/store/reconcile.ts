import type { Kysely } from 'kysely';
import {
  compareDay,
  type DayFindings,
  repairDay,
} from '../../functions/_shared/store/sql/reconcile/day.ts';
import {
  type DayNumber,
  daysOfLogs,
  daysOfRollups,
} from '../../functions/_shared/store/sql/reconcile/day-calls.ts';
import {
  compareSpend,
  repairSpend,
  type SpendFindings,
} from '../../functions/_shared/store/sql/reconcile/spend.ts';
import { dayLevel } from '../../functions/_shared/store/sql/rollup-levels.ts';
import type { Tables } from '../../functions/_shared/store/sql/tables.ts';
import { atOneMoment, type Books, needThisLayout, openBooks, withoutPassword } from './books.ts';
import { dayText, sayDay, saySpend } from './differences.ts';

export interface ReconcileOptions {
  store: string;
  /** Both are looked at. */
  from: DayNumber;
  to: DayNumber;
  repair: boolean;
  force: boolean;
  say: (line: string) => void;
}

interface Findings {
  days: Map<DayNumber, DayFindings>;
  spend: SpendFindings;
}

/**
 * Compares logs, rollups and spend with each other. Throws when they differ in the end. What is
 * repaired is made anew from what is nearer to the call: rollups from logs, spend from rollups.
 */
export async function reconcile(options: ReconcileOptions): Promise<void> {
  const { store, repair, force, say } = options;
  const books = openBooks(store, { access: repair ? 'write' : 'read', exact: false });
  try {
    await needThisLayout(books, withoutPassword(store));
    const found = await lookAt(books, options);
    if (!repair) return conclude(found, say);
    if (differing(found) === 0) return conclude(found, say);
    for (const [number, { byLogs, differences }] of found.days) {
      if (differences.length === 0) continue;
      if (!byLogs) say(`${dayText(number)} cannot be made anew: logs of it were deleted.`);
      else
        say(
          `${dayText(number)}: ${await repairDay(books.db, books.dialect, number)} cells made anew.`,
        );
    }
    if (found.spend.mayBeLonger && !force) {
      say(
        'Spend is left as it is: it tells of calls that no rollup tells of. If the rollups were never deleted, say --force.',
      );
    } else {
      say(`Spend: ${await repairSpend(books.db, books.dialect)} sums made anew.`);
    }
    say('Looking again …');
    conclude(await lookAt(books, options), say);
  } finally {
    await books.db.destroy();
  }
}

function lookAt(books: Books, { from, to, say }: ReconcileOptions): Promise<Findings> {
  return atOneMoment(books, async (db) => {
    const days = new Map<DayNumber, DayFindings>();
    for (const number of (await daysOf(db)).filter((day) => day >= from && day <= to)) {
      const findings = await compareDay(db, number);
      days.set(number, findings);
      await sayDay(db, number, findings, say);
    }
    const spend = await compareSpend(db);
    saySpend(spend, say);
    return { days, spend };
  });
}

/** Days from the first that has rollups on: of earlier ones they were deleted at the end of their time. */
async function daysOf(db: Kysely<Tables>): Promise<DayNumber[]> {
  const rollups = await daysOfRollups(db, dayLevel.level);
  const [first = Number.NEGATIVE_INFINITY] = rollups;
  const logs = (await daysOfLogs(db)).filter((day) => day >= first);
  return [...new Set([...rollups, ...logs])].sort((a, b) => a - b);
}

const differing = ({ days, spend }: Findings) =>
  [...days.values()].reduce((sum, { differences }) => sum + differences.length, 0) +
  spend.differences.length;

function conclude(found: Findings, say: (line: string) => void): void {
  const days = [...found.days.values()];
  const byLogs = days.filter((day) => day.byLogs);
  const calls = byLogs.reduce((sum, day) => sum + day.calls, 0);
  say(
    `${byLogs.length} days with ${calls} calls compared with their logs, ${days.length - byLogs.length} without all their logs in themselves; spend by ${found.spend.scopes.join(', ')}.`,
  );
  const count = differing(found);
  if (count > 0) throw new Error(`${count} differences.`);
  say('Logs, rollups and spend agree.');
}
