import { type Kysely, sql } from 'kysely';
import type { BookableRecord, CallFilter, RequestLogs } from '../store.ts';
import type { createRollups } from './rollups.ts';
import {
  decompress,
  fromAttemptRow,
  fromLogRow,
  toAttemptRows,
  tokenColumns,
  toLogRow,
  toPayloadRow,
} from './rows.ts';
import type { createSpend } from './spend.ts';
import { prepareInsert } from './statements.ts';
import type { AttemptsTable, RequestLogsTable, RequestPayloadsTable, Tables } from './tables.ts';

const logColumns: (keyof RequestLogsTable & string)[] = [
  'id',
  'source',
  'started_at',
  'latency_ms',
  'time_to_first_token_ms',
  'upstream_ms',
  'overhead_ms',
  'operation',
  'endpoint',
  'stream',
  'status',
  'http_status',
  'error_type',
  'error_code',
  'error_message',
  'finish_reason',
  'model',
  'upstream_model',
  'provider',
  'api_base',
  'deployment_id',
  'response_id',
  'key_id',
  'key_alias',
  'team_id',
  'user_id',
  'end_user',
  'tags',
  'client_ip',
  'user_agent',
  ...tokenColumns,
  'total_tokens',
  'tokens_source',
  'cost_nanos',
  'cost_lines',
  'price_source',
  'bodies_withheld',
  'request_preview',
  'response_preview',
];

const attemptColumns: (keyof AttemptsTable & string)[] = [
  'id',
  'source',
  'ordinal',
  'deployment_id',
  'provider',
  'upstream_model',
  'api_base',
  'started_at',
  'duration_ms',
  'status',
  'http_status',
  'error_type',
  'error_code',
  'error_message',
];

/** The filters that are columns of the same name. */
const filterColumns = ['model', 'provider', 'status', 'key_id', 'team_id', 'user_id'] as const;

export function createRequestLogs(
  db: Kysely<Tables>,
  rollups: ReturnType<typeof createRollups>,
  spend: ReturnType<typeof createSpend>,
): RequestLogs {
  const insertLog = prepareInsert<RequestLogsTable>(logColumns, (row) =>
    db
      .insertInto('request_logs')
      .values(row)
      .onConflict((conflict) => conflict.columns(['id', 'source']).doNothing()),
  );
  const insertPayload = prepareInsert<RequestPayloadsTable>(
    ['id', 'source', 'request', 'response'],
    (row) => db.insertInto('request_payloads').values(row),
  );
  const insertAttempt = prepareInsert<AttemptsTable>(attemptColumns, (row) =>
    db.insertInto('attempts').values(row),
  );

  async function bookRow(transaction: Kysely<Tables>, record: BookableRecord): Promise<boolean> {
    const { numAffectedRows } = await insertLog(transaction, toLogRow(record));
    if (numAffectedRows !== 1n) return false;
    const { request, response } = record.data;
    if (request != null || response != null) {
      await insertPayload(transaction, toPayloadRow(record));
    }
    for (const attempt of toAttemptRows(record)) await insertAttempt(transaction, attempt);
    return true;
  }

  return {
    book(records) {
      return db.transaction().execute(async (transaction) => {
        const booked: BookableRecord[] = [];
        for (const record of records) {
          if (await bookRow(transaction, record)) booked.push(record);
        }
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
      const [payload, attempts] = await Promise.all([
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
        attempts: attempts.map(fromAttemptRow),
        request: decompress(payload?.request),
        response: decompress(payload?.response),
      };
    },

    async list({ range, filter, limit, before }) {
      let query = db
        .selectFrom('request_logs')
        .selectAll()
        .where('started_at', '>=', range.from)
        .where('started_at', '<', range.to)
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
