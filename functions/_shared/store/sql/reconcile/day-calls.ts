import { type Kysely, sql } from 'kysely';
import type { EpochMs } from '../../../units.ts';
import type { BookableRecord } from '../../request-logs.ts';
import { day, minuteMs } from '../rollup-levels.ts';
import { fromLogRow } from '../rows.ts';
import { firstSeqAt, timeOfSeq } from '../seq.ts';
import type { Tables } from '../tables.ts';

const rowsAtOnce = 2000;
export const dayMs = day * minuteMs;

/** Days since 1970-01-01, in UTC, as the longest cells are. */
export type DayNumber = number;

export const dayOf = (at: EpochMs): DayNumber => Math.floor(at / dayMs);

/** The calls that began on a day, as far as their logs are there, some at a time. */
export async function* callsOfDay(
  db: Kysely<Tables>,
  number: DayNumber,
): AsyncGenerator<BookableRecord[]> {
  const [from, to] = [number * dayMs, (number + 1) * dayMs];
  // Where places were taken, a call may be a little behind its time.
  const end = firstSeqAt(to + dayMs);
  for (let after = firstSeqAt(from) - 1; ; ) {
    const rows = await db
      .selectFrom('request_logs')
      .selectAll()
      .where('seq', '>', after)
      .where('seq', '<', end)
      .where('started_at', '>=', from)
      .where('started_at', '<', to)
      .orderBy('seq')
      .limit(rowsAtOnce)
      .execute();
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map((row) => {
      const { id, source, ...log } = fromLogRow(row);
      return { id, source, data: { ...log, attempts: [], request: null, response: null } };
    });
    after = last.seq;
  }
}

/** The days that have a log, oldest first. */
export async function daysOfLogs(db: Kysely<Tables>): Promise<DayNumber[]> {
  const days: DayNumber[] = [];
  for (let from = 0; ; ) {
    const { rows } = await sql<{ seq: number | null }>`
      SELECT MIN(seq) AS seq FROM request_logs WHERE seq >= ${from}`.execute(db);
    const seq = rows[0]?.seq ?? null;
    if (seq === null) return days;
    const number = dayOf(timeOfSeq(seq));
    days.push(number);
    from = firstSeqAt((number + 1) * dayMs);
  }
}

/** The days that have a cell where every call is, or a call that is pending, oldest first. */
export async function daysOfRollups(db: Kysely<Tables>, level: number): Promise<DayNumber[]> {
  const { rows } = await sql<{ minute: number }>`
    SELECT cell_start AS minute FROM rollups WHERE level = ${level}
      UNION SELECT minute FROM pending_rollups`.execute(db);
  const days = new Set(rows.map(({ minute }) => Math.floor(minute / day)));
  return [...days].sort((a, b) => a - b);
}

/**
 * Whether every call of a day still has its log. Logs go oldest first, and the name of a call
 * outlives its log: where neither is missing, nothing was deleted.
 */
export async function hasAllLogs(db: Kysely<Tables>, number: DayNumber): Promise<boolean> {
  const [from, to] = [firstSeqAt(number * dayMs), firstSeqAt((number + 1) * dayMs)];
  const { rows } = await sql<{ oldest: number | null; oldest_name: number | null; lost: number }>`
    SELECT (SELECT MIN(seq) FROM request_logs) AS oldest,
      (SELECT MIN(seq) FROM booked_calls) AS oldest_name,
      (SELECT COUNT(*) FROM booked_calls WHERE seq >= ${from} AND seq < ${to} AND NOT EXISTS (
        SELECT 1 FROM request_logs WHERE request_logs.seq = booked_calls.seq)) AS lost`.execute(db);
  const [row] = rows;
  if (!row || row.oldest === null || row.oldest >= to || Number(row.lost) > 0) return false;
  if (row.oldest < from) return true;
  // On the oldest day: had logs been deleted, older names would be left, unless they went too.
  const { rows: firsts } = await sql<{ start: number | null }>`
    SELECT MIN(start) AS start FROM (SELECT MIN(cell_start) AS start FROM rollups
      UNION ALL SELECT MIN(minute) FROM pending_rollups) AS firsts`.execute(db);
  const isFirst = (firsts[0]?.start ?? Number.POSITIVE_INFINITY) >= number * day;
  return isFirst || (row.oldest_name ?? row.oldest) < row.oldest;
}
