import { setTimeout as delay } from 'node:timers/promises';
import type { Milliseconds } from '../../../units.ts';
import type { Job } from './job.ts';

/**
 * After each step it rests for so many times what the step took, waiting for others included: the
 * more the store has to do, the less of it goes to maintenance.
 */
const restsPerStep = 3;
const shortestRestMs = 5;
const longestRestMs = 500;

/** What a round did, and whether it left something. */
export interface Round {
  more: boolean;
  /** Of each job that deleted something, how much. */
  deleted: Record<string, { rows: number; bytes: number }>;
  /** Jobs that failed, and of what. They have another try in the next round. */
  failed: Record<string, string>;
}

/** Does the jobs' steps in turn until none has more to do, `forMs` have passed, or `signal` says so. */
export async function runRound(
  jobs: Job[],
  { forMs, signal }: { forMs: Milliseconds; signal?: AbortSignal },
): Promise<Round> {
  const round: Round = { more: false, deleted: {}, failed: {} };
  const endAt = performance.now() + forMs;
  let busy = jobs;
  while (busy.length > 0) {
    const still: Job[] = [];
    for (const job of busy) {
      if (signal?.aborted || performance.now() > endAt) return { ...round, more: true };
      const begunAt = performance.now();
      if (await stepOf(job, round)) still.push(job);
      const rest = (performance.now() - begunAt) * restsPerStep;
      const bounded = Math.min(Math.max(rest, shortestRestMs), longestRestMs);
      await delay(bounded, undefined, { signal }).catch(() => {});
    }
    busy = still;
  }
  return round;
}

async function stepOf(job: Job, round: Round): Promise<boolean> {
  try {
    const { more, rows = 0, bytes = 0 } = await job.step();
    if (rows > 0) {
      const sum = round.deleted[job.name] ?? { rows: 0, bytes: 0 };
      round.deleted[job.name] = { rows: sum.rows + rows, bytes: sum.bytes + bytes };
    }
    return more;
  } catch (error) {
    round.failed[job.name] = error instanceof Error ? error.message : String(error);
    return false;
  }
}
