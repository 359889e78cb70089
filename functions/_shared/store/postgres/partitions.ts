import { type Kysely, sql } from 'kysely';
import type { EpochMs } from '../../units.ts';
import { firstSeqAt } from '../sql/seq.ts';
import type { Tables } from '../sql/tables.ts';
import { locks } from './locks.ts';

/** Whoever sends times from everywhere must not make partitions without end: 5 years and a bit. */
const monthsBack = 60;
const monthsAhead = 1;
/** Time for others to end what they do; who waits for a lock holds up all who come after. */
const lockPatience = '2s';

/** After a lock that was not to be had; rows go to the default partition meanwhile. */
const retryMs = 10 * 60_000;

/** Months since 1970-01, in UTC. */
function monthOf(at: EpochMs): number {
  const date = new Date(at);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

/**
 * Makes partitions of `request_logs`, a month each, for records of these times. A record does not
 * wait for what cannot be had: the default partition takes it, and every query looks there too.
 */
export function createPartitions(now: () => EpochMs = Date.now) {
  const known = new Map<number, Promise<void>>();

  async function tryToMake(db: Kysely<Tables>, month: number): Promise<void> {
    try {
      await makePartition(db, month);
    } catch (error) {
      const { code } = ((error as Error).cause ?? {}) as { code?: string };
      // Rows of that month are in the default partition already, so the others may join them.
      if (code === '23514') return;
      const forget = () => known.delete(month);
      if (code !== '55P03') {
        forget();
        throw error;
      }
      setTimeout(forget, retryMs).unref();
    }
  }

  return async function makeRoom(db: Kysely<Tables>, times: EpochMs[]): Promise<void> {
    const current = monthOf(now());
    for (const month of new Set(times.map(monthOf))) {
      if (month < current - monthsBack || month > current + monthsAhead) continue;
      const making = known.get(month) ?? tryToMake(db, month);
      known.set(month, making);
      await making;
    }
  };
}

/** The name of a month's partition: `logs_of_2026_11`. */
const partitionOf = (month: number): string =>
  `logs_of_${new Date(Date.UTC(1970, month)).toISOString().slice(0, 7).replace('-', '_')}`;

/** The month of a partition of that name; undefined for any other table. */
export function monthOfPartition(name: string): number | undefined {
  const [, year, month] = /^logs_of_(\d{4})_(\d\d)$/.exec(name) ?? [];
  return year === undefined ? undefined : (Number(year) - 1970) * 12 + Number(month) - 1;
}

/** The lowest `seq` that is after a month. */
export const seqAfterMonth = (month: number): number => firstSeqAt(Date.UTC(1970, month + 1));

async function makePartition(db: Kysely<Tables>, month: number): Promise<void> {
  const from = Date.UTC(1970, month);
  const to = Date.UTC(1970, month + 1);
  const name = partitionOf(month);
  const make = async (transaction: Kysely<Tables>) => {
    await sql`SELECT pg_advisory_xact_lock(${locks.partitions}::bigint)`.execute(transaction);
    const { rows } = await sql<{ there: boolean }>`
      SELECT to_regclass(${name}) IS NOT NULL AS there`.execute(transaction);
    if (rows[0]?.there) return;
    // CREATE TABLE … PARTITION OF would lock out every reader; this locks the default partition.
    for (const statement of [
      `SET LOCAL lock_timeout = '${lockPatience}'`,
      `CREATE TABLE ${name} (LIKE request_logs INCLUDING ALL)`,
      `ALTER TABLE request_logs ATTACH PARTITION ${name} FOR VALUES FROM (${firstSeqAt(from)}) TO (${firstSeqAt(to)})`,
    ]) {
      await sql.raw(statement).execute(transaction);
    }
  };
  await (db.isTransaction ? make(db) : db.transaction().execute(make));
}
