import { type Kysely, sql } from 'kysely';
import { callNameOf } from '../../../functions/_shared/store/sql/call-name.ts';
import type { Tables } from '../../../functions/_shared/store/sql/tables.ts';
import { type Check, findRows } from './finding.ts';

const rowsAtOnce = 5000;

/**
 * Each log is of a booked call, and each attempt of a log. What is past its time is deleted oldest
 * first, so that what is missing behind the oldest log was not deleted but lost.
 */
export const checkCalls: Check = async ({ db }) => {
  const oldestLog = sql`(SELECT MIN(seq) FROM request_logs)`;
  const hasLog = (seq: string) =>
    sql`EXISTS (SELECT 1 FROM request_logs WHERE request_logs.seq = ${sql.ref(seq)})`;
  return [
    ...(await findRows(
      db,
      sql`SELECT seq AS place FROM booked_calls
        WHERE seq > ${oldestLog} AND NOT ${hasLog('booked_calls.seq')}`,
      'calls were booked and have no log, though older logs are kept',
    )),
    ...(await findRows(
      db,
      sql`SELECT seq AS place FROM attempts
        WHERE seq > ${oldestLog} AND NOT ${hasLog('attempts.seq')}`,
      'attempts are of calls that have no log',
    )),
    ...(await checkNames(db)),
  ];
};

/**
 * Names and places are unique, so a log under the name and place of a booked call is no duplicate
 * of another.
 */
async function checkNames(db: Kysely<Tables>): Promise<string[]> {
  let wrong = 0;
  let first: bigint | undefined;
  for (let after = -1n; ; ) {
    const { rows } = await sql<{ seq: bigint; id: string; source: string; name: Buffer | null }>`
      SELECT request_logs.seq, id, source, name FROM request_logs
        LEFT JOIN booked_calls ON booked_calls.seq = request_logs.seq
        WHERE request_logs.seq > ${after} ORDER BY request_logs.seq LIMIT ${rowsAtOnce}`.execute(
      db,
    );
    const last = rows.at(-1);
    if (!last) break;
    for (const { seq, id, source, name } of rows) {
      if (name && callNameOf({ id, source }).equals(name)) continue;
      wrong++;
      first ??= seq;
    }
    after = last.seq;
  }
  return wrong === 0 ? [] : [`${wrong} logs are not under a booked call's name, first at ${first}`];
}
