import type { Kysely } from 'kysely';
import type { Milliseconds } from '../../../units.ts';
import type { SqlDialect } from '../dialect.ts';
import { foldSome } from '../folding.ts';
import { createRollups } from '../rollups.ts';
import type { Tables } from '../tables.ts';
import type { Job } from './job.ts';
import { runRound } from './rounds.ts';
import { type Schedule, schedule } from './schedule.ts';

const everyMs: Milliseconds = 5000;
const roundMs: Milliseconds = 4000;

/** Adds what is pending to the rollups. */
export function createFolding(db: Kysely<Tables>, dialect: SqlDialect): Job {
  const rollups = createRollups(dialect);
  return { name: 'folding', step: async () => ({ more: await foldSome(db, rollups) }) };
}

/**
 * Folds every few seconds. Processes may do so side by side; of what fails, the rounds of all
 * maintenance tell.
 */
export function scheduleFolding(db: Kysely<Tables>, dialect: SqlDialect): Schedule {
  const folding = createFolding(db, dialect);
  return schedule((signal) => runRound([folding], { forMs: roundMs, signal }), everyMs);
}
