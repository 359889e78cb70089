import type { Kysely } from 'kysely';
import type { Milliseconds } from '../../../units.ts';
import { minutesKeptMs } from '../rollup-levels.ts';
import type { createRollups } from '../rollups.ts';
import type { Tables } from '../tables.ts';
import type { Job } from './job.ts';

const rowsAStep = 200;

type Rollups = ReturnType<typeof createRollups>;

/** Deletes minutes when their two days are over; the quarters of an hour have the same sums. */
export function createMinuteRetention(
  db: Kysely<Tables>,
  { pruneMinutes }: Pick<Rollups, 'pruneMinutes'>,
): Job {
  return {
    name: 'rollup_minutes',
    async step() {
      const rows = await pruneMinutes(db, Date.now() - minutesKeptMs, rowsAStep);
      return { more: rows === rowsAStep, rows };
    },
  };
}

/** Deletes what usage is charted from, of whole days that are past their time. */
export function createRollupRetention(
  db: Kysely<Tables>,
  { pruneCells }: Pick<Rollups, 'pruneCells'>,
  ageMs: Milliseconds,
): Job {
  return {
    name: 'rollups',
    async step() {
      if (ageMs === Number.POSITIVE_INFINITY) return { more: false };
      const rows = await pruneCells(db, Date.now() - ageMs, rowsAStep);
      return { more: rows === rowsAStep, rows };
    },
  };
}
