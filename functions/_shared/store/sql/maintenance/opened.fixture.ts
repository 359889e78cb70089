import type { Kysely } from 'kysely';
import { expect } from 'vitest';
import { keepsAll, type Retention } from '../../retention.ts';
import type { Store } from '../../store.ts';
import type { SqlDialect } from '../dialect.ts';
import type { Tables } from '../tables.ts';
import type { Job } from './job.ts';
import { createJobs } from './maintenance.ts';
import { runRound } from './rounds.ts';

/** A store, and the database below it as maintenance has it. */
export interface OpenedStore {
  store: Store;
  db: Kysely<Tables>;
  dialect: SqlDialect;
}

/** Does all that there is to do, and tells how many rows of each kind were deleted. */
export async function maintain(
  { db, dialect }: OpenedStore,
  retention: Partial<Retention> = {},
  own: Job[] = [],
): Promise<Record<string, number>> {
  const jobs = [...createJobs(db, dialect, { ...keepsAll, ...retention }), ...own];
  const deleted: Record<string, number> = {};
  for (let more = true; more; ) {
    const round = await runRound(jobs, { forMs: 60_000 });
    expect(round.failed).toEqual({});
    more = round.more;
    for (const [kind, { rows }] of Object.entries(round.deleted)) {
      deleted[kind] = (deleted[kind] ?? 0) + rows;
    }
  }
  return deleted;
}
