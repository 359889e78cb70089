import type { Kysely } from 'kysely';
import { forgetChanges } from '../governance/change-numbers.ts';
import type { Tables } from '../tables.ts';
import type { Job } from './job.ts';

const rowsAStep = 1000;

/** Forgets changes that every replica has heard of. */
export function createChangeRetention(db: Kysely<Tables>): Job {
  return {
    name: 'changes',
    async step() {
      const rows = await forgetChanges(db, rowsAStep);
      return { more: rows === rowsAStep, rows };
    },
  };
}
