import type { Kysely } from 'kysely';
import type { Milliseconds } from '../../../units.ts';
import type { RoundReport } from '../../maintenance.ts';
import type { Retention } from '../../retention.ts';
import { createCache } from '../cache.ts';
import type { SqlDialect } from '../dialect.ts';
import { createRollups } from '../rollups.ts';
import { firstSeqAt } from '../seq.ts';
import type { Tables } from '../tables.ts';
import { createCacheRetention } from './cache-retention.ts';
import { createChangeRetention } from './change-retention.ts';
import { createFolding } from './folding.ts';
import type { Job } from './job.ts';
import { createJoining } from './join-blocks.ts';
import { createKeptPayloadRetention } from './kept-payload-retention.ts';
import { createAttemptRetention, createLogLimit, createLogRetention } from './log-retention.ts';
import { createNameRetention, namesOutliveMs } from './name-retention.ts';
import { createPayloadLimit, createPayloadRetention } from './payload-retention.ts';
import { createMinuteRetention, createRollupRetention } from './rollup-retention.ts';
import { type Round, runRound } from './rounds.ts';

/** Of a round; it goes on soon where it left something. */
const roundMs: Milliseconds = 5000;

/** The lowest `seq` of calls that are not older than this; 0 where they are never too old. */
const seqOfAge = (ageMs: Milliseconds): number =>
  ageMs === Number.POSITIVE_INFINITY ? 0 : Math.max(0, firstSeqAt(Date.now() - ageMs));

/**
 * What keeps a store's size within its bounds. A database's own jobs come last: they give back the
 * room that the others made.
 */
export function createJobs(
  db: Kysely<Tables>,
  dialect: SqlDialect,
  { logs, payloads, rollups: kept }: Retention,
): Job[] {
  const logLimit = createLogLimit(db, { name: 'logs_by_count', limit: logs.rows });
  const logsFrom = () => Math.max(seqOfAge(logs.ageMs), logLimit.keptFrom());
  const payloadLimit = createPayloadLimit(db, payloads.bytes);
  const payloadsFrom = () =>
    Math.max(seqOfAge(payloads.ageMs), payloadLimit.keptFrom(), logsFrom());
  // Beyond the logs that there may be, as many names again: they take a tenth of a log's room.
  const nameLimit = createLogLimit(db, {
    name: 'names_by_count',
    limit: logs.rows,
    startAt: () => logLimit.keptFrom() || null,
  });

  const rollups = createRollups(dialect);

  return [
    createFolding(db, dialect),
    logLimit,
    nameLimit,
    payloadLimit,
    createPayloadRetention(db, payloadsFrom),
    createAttemptRetention(db, logsFrom),
    createLogRetention(db, dialect, logsFrom),
    createNameRetention(db, {
      keptFrom: () => seqOfAge(logs.ageMs + namesOutliveMs),
      firmlyFrom: nameLimit.keptFrom,
    }),
    createKeptPayloadRetention(db),
    createMinuteRetention(db, rollups),
    createRollupRetention(db, rollups, kept.ageMs),
    createCacheRetention(createCache(db, dialect)),
    createChangeRetention(db),
    createJoining(db, dialect, payloadsFrom),
  ];
}

/** One round, and what the store takes on disk after it. */
export async function maintainOnce(
  { db, dialect, jobs }: { db: Kysely<Tables>; dialect: SqlDialect; jobs: Job[] },
  signal: AbortSignal,
): Promise<Round & RoundReport> {
  const measured: { size: number | null } = { size: null };
  const measuring: Job = {
    name: 'size',
    async step() {
      const { rows } = await dialect.size.execute(db);
      measured.size = Number(rows[0]?.bytes ?? 0);
      return { more: false };
    },
  };
  const round = await runRound([...jobs, measuring], { forMs: roundMs, signal });
  return { ...round, ...measured };
}
