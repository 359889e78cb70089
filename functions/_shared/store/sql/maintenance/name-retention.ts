import { type Kysely, sql } from 'kysely';
import type { Milliseconds } from '../../../units.ts';
import type { Tables } from '../tables.ts';
import type { Job } from './job.ts';

/**
 * A call's name outlives its log by this, and its booking too: a broker that sends a record again
 * does so within days, also one of a call that is long past.
 */
export const namesOutliveMs: Milliseconds = 30 * 86_400_000;
const namesAStep = 500;
const walkEveryMs = 3600_000;

/**
 * Deletes the names of calls that nobody sends again. `keptFrom` is where names begin that are not
 * old enough; below `firmlyFrom` one goes whatever its age.
 */
export function createNameRetention(
  db: Kysely<Tables>,
  { keptFrom, firmlyFrom }: { keptFrom: () => number; firmlyFrom: () => number },
): Job {
  // Old calls that were booked lately stay, and are not looked at over and over.
  let after = -1;
  let passedSome = false;
  let nextAt = 0;

  return {
    name: 'names',
    async step() {
      const now = Date.now();
      if (now < nextAt) return { more: false };
      const { rows: logs } = await sql<{ oldest: number | null }>`
        SELECT MIN(seq) AS oldest FROM request_logs`.execute(db);
      // A log without a name would be booked again beside itself.
      const oldest = logs[0]?.oldest ?? Number.MAX_SAFE_INTEGER;
      const names = await db
        .selectFrom('booked_calls')
        .select(['seq', 'booked_at'])
        .where('seq', '>', after)
        .where('seq', '<', Math.min(oldest, Math.max(keptFrom(), firmlyFrom())))
        .orderBy('seq')
        .limit(namesAStep)
        .execute();
      const past = names.filter(
        ({ seq, booked_at }) => seq < firmlyFrom() || booked_at < now - namesOutliveMs,
      );
      if (past.length > 0) {
        const seqs = past.map(({ seq }) => seq);
        await db.deleteFrom('booked_calls').where('seq', 'in', seqs).execute();
      }
      const more = names.length === namesAStep;
      passedSome ||= past.length < names.length;
      if (more) {
        after = names.at(-1)?.seq as number;
      } else {
        after = -1;
        if (passedSome) nextAt = now + walkEveryMs;
        passedSome = false;
      }
      return { more, rows: past.length };
    },
  };
}
