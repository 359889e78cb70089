import { type Kysely, sql } from 'kysely';
import type { BookableRecord, RequestLogRow, RequestLogs } from '../request-logs.ts';
import type { createBooking } from './booking.ts';
import { callKeyOf, namesOfId } from './call-name.ts';
import { conflictsAmong } from './conflicts.ts';
import type { SqlDialect } from './dialect.ts';
import { exportLines } from './export-lines.ts';
import { createBackstop } from './folding.ts';
import { createLogList } from './log-list.ts';
import { withPreviews } from './log-rows.ts';
import { payloadOf } from './payload-blocks.ts';
import { fromAttemptRow } from './rows.ts';
import type { Tables } from './tables.ts';

export function createRequestLogs(
  db: Kysely<Tables>,
  dialect: SqlDialect,
  booking: ReturnType<typeof createBooking>,
): RequestLogs {
  const { list, tail } = createLogList(db, dialect);
  const foldIfNeeded = createBackstop(db, booking.rollups);

  async function rowOf(id: string) {
    const { lowest, highest } = namesOfId(id);
    const booked = await db
      .selectFrom('booked_calls')
      .select('seq')
      .where('name', '>=', lowest)
      .where('name', '<=', highest)
      .executeTakeFirst();
    const rows = db.selectFrom('request_logs').selectAll();
    return booked
      ? rows.where('seq', '=', booked.seq).executeTakeFirst()
      : rows
          .where('response_id', '=', id)
          .where(sql<boolean>`substr(response_id, 10, 14) = ${id.slice(9, 23)}`)
          .orderBy('seq', 'desc')
          .executeTakeFirst();
  }

  return {
    async book(records) {
      // Of two under one name the first wins.
      const distinct = [...firstByName(records).values()];
      await dialect.logs.makeRoom(
        db,
        distinct.map(({ data }) => data.started_at),
      );
      const result = await db.transaction().execute(async (transaction) => {
        const { fresh, known } = await booking.bookIn(transaction, distinct);
        const duplicates = records.length - fresh.length;
        const conflicts =
          duplicates === 0 ? [] : await conflictsAmong(transaction, records, distinct, known);
        return { booked: fresh.length, duplicates, conflicts };
      });
      // They are booked whatever becomes of it: the next one tries again.
      await foldIfNeeded(result.booked).catch(() => {});
      return result;
    },

    async find(id) {
      const row = await rowOf(id);
      if (!row) return null;
      const attempts = await db
        .selectFrom('attempts')
        .selectAll()
        .where('seq', '=', row.seq)
        .orderBy('ordinal')
        .execute();
      const payload = row.payload_block === null ? undefined : await payloadOf(db, row.seq);
      const wereDeleted = row.payload_block !== null && !payload;
      const [log] = (await withPreviews(db, [row])) as [RequestLogRow];
      return {
        ...log,
        bodies_withheld: wereDeleted ? 'deleted at the end of their time' : log.bodies_withheld,
        attempts: attempts.map((attempt) => fromAttemptRow(attempt, log)),
        request: payload?.request ?? null,
        response: payload?.response ?? null,
      };
    },

    list,
    tail,

    async export({ format, ...query }) {
      const { rows, next } = await list(query);
      const text = exportLines(rows, { format, isFirst: query.before === undefined });
      return { text, rows: rows.length, next };
    },
  };
}

function firstByName(records: BookableRecord[]): Map<string, BookableRecord> {
  return new Map(records.toReversed().map((record) => [callKeyOf(record), record]));
}
