import { expect, test } from 'vitest';
import type { Job } from './job.ts';
import { runRound } from './rounds.ts';

/** A job of so many steps that notes when each is done. */
function aJob(name: string, steps: number, notes: string[]): Job {
  let left = steps;
  return {
    name,
    async step() {
      notes.push(name);
      return { more: --left > 0, rows: 2, bytes: 10 };
    },
  };
}

test('jobs take turns, so that one with much to do holds up no other', async () => {
  const notes: string[] = [];
  const jobs = [aJob('a', 4, notes), aJob('b', 1, notes), aJob('c', 2, notes)];
  const round = await runRound(jobs, { forMs: 60_000 });
  expect(notes.join('')).toBe('abcacaa');
  expect(round).toEqual({
    more: false,
    deleted: { a: { rows: 8, bytes: 40 }, b: { rows: 2, bytes: 10 }, c: { rows: 4, bytes: 20 } },
    failed: {},
  });
});

test('one that fails is left out until the next round, and named', async () => {
  const notes: string[] = [];
  const failing: Job = { name: 'failing', step: () => Promise.reject(new Error('disk full')) };
  const round = await runRound([failing, aJob('a', 2, notes)], { forMs: 60_000 });
  expect(notes).toEqual(['a', 'a']);
  expect(round).toMatchObject({ more: false, failed: { failing: 'disk full' } });
});

test('a round ends when its time is over or it is told to, and says that there is more', async () => {
  const endless: Job = { name: 'endless', step: async () => ({ more: true, rows: 1 }) };
  const timed = await runRound([endless], { forMs: 30 });
  expect(timed.more).toBe(true);
  expect(timed.deleted.endless?.rows).toBeGreaterThan(0);

  const stopping = new AbortController();
  const stopped: Job = {
    name: 'stopped',
    async step() {
      stopping.abort();
      return { more: true, rows: 1 };
    },
  };
  const round = await runRound([stopped], { forMs: 60_000, signal: stopping.signal });
  expect(round).toMatchObject({ more: true, deleted: { stopped: { rows: 1 } } });
});
