import { type Kysely, type Selectable, sql } from 'kysely';
import type { RequestLogPage, RequestLogQuery, RequestLogs } from '../request-logs.ts';
import { phrasesOf } from '../search/words.ts';
import { allOf } from './conditions.ts';
import type { SqlDialect } from './dialect.ts';
import { lookUpCondition, rowConditions } from './log-filter.ts';
import { withPreviews } from './log-rows.ts';
import { createLogSearch } from './log-search.ts';
import { firstSeqAt, timeOfSeq } from './seq.ts';
import type { RequestLogsTable, Tables } from './tables.ts';

/**
 * Rows that one look goes through: with a filter that matches next to none of them, a page would
 * otherwise take as long as the log is. The caller is told how far it got, and may go on.
 */
const looksAt = 20_000;

/** Two servers' clocks differ, and of two transactions the one begun first may end last. */
const tailOverlapMs = 5000;

type Row = Selectable<RequestLogsTable>;

export function createLogList(
  db: Kysely<Tables>,
  dialect: SqlDialect,
): Pick<RequestLogs, 'list' | 'tail'> {
  const search = createLogSearch(db, dialect);

  async function listByRows(query: RequestLogQuery): Promise<RequestLogPage> {
    const { range, filter, limit } = query;
    const to = Math.min(query.before ?? Number.MAX_SAFE_INTEGER, firstSeqAt(range.to));
    const lookUp = lookUpCondition(filter) ?? sql<boolean>`1 = 1`;
    const looked = (columns: string) => sql`(
      SELECT ${sql.raw(columns)} FROM request_logs
        WHERE seq >= ${firstSeqAt(range.from)} AND seq < ${to} AND ${lookUp}
        ORDER BY seq DESC LIMIT ${looksAt})`;
    // One more than asked for tells whether there is a next page.
    const { rows } = await sql<Row>`
      SELECT * FROM ${looked('*')} AS looked WHERE ${allOf(rowConditions(filter))}
        LIMIT ${limit + 1}`.execute(db);
    const sorted = (await withPreviews(db, rows)).sort((a, b) => b.seq - a.seq);
    const page = sorted.slice(0, limit);
    if (sorted.length > limit) {
      const next = page.at(-1)?.seq as number;
      return { rows: page, next, looked_back_to: timeOfSeq(next) };
    }
    const seen = await sql<{ count: number; oldest: number | null }>`
      SELECT COUNT(*) AS count, MIN(seq) AS oldest FROM ${looked('seq')} AS looked`.execute(db);
    const { count = 0, oldest = null } = seen.rows[0] ?? {};
    const isAll = Number(count) < looksAt || oldest === null;
    return {
      rows: page,
      next: isAll ? null : Number(oldest),
      looked_back_to: isAll ? range.from : timeOfSeq(Number(oldest)),
    };
  }

  return {
    list(query) {
      const phrases = phrasesOf(query.filter.text ?? '');
      return phrases.length === 0 ? listByRows(query) : search(query, phrases);
    },

    async tail({ filter, after, limit }) {
      if (after === undefined) return { rows: [], next: Date.now() };
      const { rows } = await sql<Row>`
        SELECT * FROM request_logs
          WHERE booked_at > ${after - tailOverlapMs} AND ${allOf(rowConditions(filter))}
          ORDER BY booked_at DESC LIMIT ${limit}`.execute(db);
      const newest = rows.reduce((latest, row) => Math.max(latest, Number(row.booked_at)), after);
      return { rows: await withPreviews(db, rows.toReversed()), next: newest };
    },
  };
}
