import { type Kysely, sql } from 'kysely';
import type { SqlDialect } from '../dialect.ts';
import type { Tables } from '../tables.ts';
import type { Job } from './job.ts';
import { createSizeLimit, type SizeLimit } from './size-limit.ts';

const logsAStep = 200;
const attemptsAStep = 500;
const looksAStep = 20_000;
const walkEveryMs = 5 * 60_000;

/**
 * Where the newest so many calls begin. They are counted by their names, whose index is narrow;
 * every log has one.
 */
export function createLogLimit(
  db: Kysely<Tables>,
  {
    name,
    limit,
    startAt,
  }: {
    name: string;
    limit: number;
    startAt?: () => number | null;
  },
): SizeLimit {
  return createSizeLimit({
    name,
    limit,
    everyMs: walkEveryMs,
    ...(startAt && { startAt }),
    async look(below, room) {
      const isLast = room < looksAStep;
      const row = await db
        .selectFrom('booked_calls')
        .select('seq')
        .where('seq', '<', below)
        .orderBy('seq', 'desc')
        .limit(1)
        .offset(isLast ? room : looksAStep - 1)
        .executeTakeFirst();
      const seen = { passed: looksAStep, downTo: row?.seq ?? null };
      return isLast && row ? { ...seen, keptFrom: row.seq + 1 } : seen;
    },
  });
}

/** Deletes what was tried for calls that are past their time. */
export function createAttemptRetention(db: Kysely<Tables>, keptFrom: () => number): Job {
  return {
    name: 'attempts',
    async step() {
      const { rows } = await sql`
        DELETE FROM attempts WHERE (seq, ordinal) IN (
          SELECT seq, ordinal FROM attempts WHERE seq < ${keptFrom()}
            ORDER BY seq, ordinal LIMIT ${attemptsAStep})
          RETURNING seq`.execute(db);
      return { more: rows.length === attemptsAStep, rows: rows.length };
    },
  };
}

/**
 * Deletes logs that are past their time: a whole partition at once where the database has some and
 * all of it is past, else row by row.
 */
export function createLogRetention(
  db: Kysely<Tables>,
  dialect: SqlDialect,
  keptFrom: () => number,
): Job {
  return {
    name: 'logs',
    async step() {
      const before = keptFrom();
      const dropped = await dialect.logs.dropBefore(db, before);
      if (dropped) return { more: true, ...dropped };
      const { rows } = await sql`
        DELETE FROM request_logs WHERE seq IN (
          SELECT seq FROM request_logs WHERE seq < ${before} ORDER BY seq LIMIT ${logsAStep})
          RETURNING seq`.execute(db);
      return { more: rows.length === logsAStep, rows: rows.length };
    },
  };
}
