import { type Kysely, sql } from 'kysely';
import type { CallFilter, RequestLogs } from '../store.ts';
import type { SqlDialect } from './dialect.ts';
import { attempts, logs, payloads } from './request-log-inserts.ts';
import type { createRollups } from './rollups.ts';
import {
  decompress,
  fromAttemptRow,
  fromLogRow,
  hasBody,
  toAttemptRows,
  toLogRow,
  toPayloadRow,
} from './rows.ts';
import type { createSpend } from './spend.ts';
import { inLockOrder } from './statements.ts';
import type { Tables } from './tables.ts';

/** The filters that are columns of the same name. */
const filterColumns = ['model', 'provider', 'status', 'key_id', 'team_id', 'user_id'] as const;

const nameOf = ({ id, source }: { id?: unknown; source?: unknown }) => JSON.stringify([id, source]);

export function createRequestLogs(
  db: Kysely<Tables>,
  dialect: SqlDialect,
  rollups: ReturnType<typeof createRollups>,
  spend: ReturnType<typeof createSpend>,
): RequestLogs {
  const insertLogs = dialect.prepareInsertOnce(logs);
  const insertPayloads = dialect.prepareInsert(payloads);
  const insertAttempts = dialect.prepareInsert(attempts);

  return {
    async book(records) {
      // Of two under one name the first wins.
      const byName = new Map(records.toReversed().map((record) => [nameOf(record), record]));
      const distinct = inLockOrder(byName);
      const logRows = distinct.map(toLogRow);
      await dialect.logs.makeRoom(
        db,
        logRows.map((row) => row.started_at),
      );
      return db.transaction().execute(async (transaction) => {
        const inserted = new Set((await insertLogs(transaction, logRows)).map(nameOf));
        const booked = distinct.filter((record) => inserted.has(nameOf(record)));
        await insertPayloads(transaction, booked.filter(hasBody).map(toPayloadRow));
        await insertAttempts(transaction, booked.flatMap(toAttemptRows));
        await rollups.add(transaction, booked);
        await spend.add(transaction, booked);
        return { booked: booked.length };
      });
    },

    async find(id) {
      const row =
        (await db.selectFrom('request_logs').selectAll().where('id', '=', id).executeTakeFirst()) ??
        (await db
          .selectFrom('request_logs')
          .selectAll()
          .where('response_id', '=', id)
          .orderBy('started_at', 'desc')
          .executeTakeFirst());
      if (!row) return null;
      const [payload, attemptRows] = await Promise.all([
        db
          .selectFrom('request_payloads')
          .selectAll()
          .where('id', '=', row.id)
          .where('source', '=', row.source)
          .executeTakeFirst(),
        db
          .selectFrom('attempts')
          .selectAll()
          .where('id', '=', row.id)
          .where('source', '=', row.source)
          .orderBy('ordinal')
          .execute(),
      ]);
      return {
        ...fromLogRow(row),
        attempts: attemptRows.map(fromAttemptRow),
        request: decompress(payload?.request),
        response: decompress(payload?.response),
      };
    },

    async list({ range, filter, limit, before }) {
      let query = db
        .selectFrom('request_logs')
        .selectAll()
        .where('started_at', '>=', range.from)
        // Said twice on a later page: only this bound keeps parts of the logs from being looked at.
        .where('started_at', '<', before ? Math.min(range.to, before.started_at + 1) : range.to)
        .orderBy('started_at', 'desc')
        .orderBy('id', 'desc')
        // One more than asked for tells whether there is a next page.
        .limit(limit + 1);
      for (const column of filterColumns) {
        const value = filter[column as keyof CallFilter];
        if (value !== undefined) query = query.where(column, '=', value);
      }
      if (before) {
        query = query.where(sql<boolean>`(started_at, id) < (${before.started_at}, ${before.id})`);
      }
      const rows = (await query.execute()).map(fromLogRow);
      const page = rows.slice(0, limit);
      const last = rows.length > limit ? page.at(-1) : undefined;
      return { rows: page, next: last ? { started_at: last.started_at, id: last.id } : null };
    },
  };
}
