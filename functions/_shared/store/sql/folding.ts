import { type Kysely, sql } from 'kysely';
import { minuteMs } from './rollup-levels.ts';
import type { createRollups } from './rollups.ts';
import type { Tables } from './tables.ts';

/** A step of so many holds up a file's writer for no longer than some bookings do. */
const rowsAStep = 200;
const rowsAtOnce = 1000;
/** Usage reads what is pending row by row. Beyond it the minute that goes on is folded too. */
const mostPending = 2000;
/** Fewer than a step's rows: who folds as it books must come to an end with it. */
const lookAfterRecords = 150;

type Rollups = Pick<ReturnType<typeof createRollups>, 'foldIn'>;

/** Whether more than so many rows are pending. */
async function isBeyond(db: Kysely<Tables>, limit: number): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM pending_rollups LIMIT 1 OFFSET ${limit}`.execute(db);
  return rows.length > 0;
}

/**
 * Folds some of the minutes that are over, into which hardly anybody books any more. Tells whether
 * there may be more.
 */
export async function foldSome(db: Kysely<Tables>, { foldIn }: Rollups): Promise<boolean> {
  const now = Math.floor(Date.now() / minuteMs);
  const before = (await isBeyond(db, mostPending)) ? undefined : now;
  const folded = await db
    .transaction()
    .execute((transaction) => foldIn(transaction, { before, limit: rowsAStep }));
  return folded === rowsAStep;
}

/** Folds nearly all that is pending, in steps that keep nobody from booking for long. */
export async function foldMost(db: Kysely<Tables>, { foldIn }: Rollups): Promise<void> {
  const step = () =>
    db.transaction().execute((transaction) => foldIn(transaction, { limit: rowsAStep }));
  while ((await step()) === rowsAStep);
}

/** Folds all that is pending, within a transaction that keeps others from booking. */
export async function foldAll(transaction: Kysely<Tables>, { foldIn }: Rollups): Promise<void> {
  while ((await foldIn(transaction, { limit: rowsAtOnce })) > 0);
}

/**
 * For who books. Where far too much is pending, because nobody else folds or not as fast, it folds
 * more than it booked, and so is slowed down to what the database can do.
 */
export function createBackstop(db: Kysely<Tables>, rollups: Rollups) {
  let unseen = 0;
  return async (records: number): Promise<void> => {
    unseen += records;
    if (unseen < lookAfterRecords) return;
    const looks = Math.floor(unseen / lookAfterRecords);
    unseen %= lookAfterRecords;
    for (let look = 0; look < looks && (await isBeyond(db, 2 * mostPending)); look++) {
      await foldSome(db, rollups);
    }
  };
}
