import type { Kysely } from 'kysely';
import { GatewayError } from '../../errors.ts';
import type { BookableRecord } from '../request-logs.ts';
import { callNameOf } from './call-name.ts';
import type { SqlDialect } from './dialect.ts';
import { takeKept } from './kept-payloads.ts';
import { cutIntoBlocks } from './payload-blocks.ts';
import {
  attempts,
  bookedCalls,
  logs,
  payloadBlocks,
  searchSignatures,
} from './request-log-inserts.ts';
import { createRollups } from './rollups.ts';
import { toAttemptRows, toLogRow } from './rows.ts';
import { drawSeq } from './seq.ts';
import { createSpend } from './spend.ts';
import { inLockOrder } from './statements.ts';
import type { Tables } from './tables.ts';

/** After so many the places drawn from lie weeks apart, and were all taken: something is wrong. */
const mostTries = 16;

const keyOf = (name: Buffer) => name.toString('base64');

interface Named {
  name: Buffer;
  record: BookableRecord;
}

export interface Claims {
  /** Booked from now on, each with a place of its own. */
  fresh: { seq: number; record: BookableRecord }[];
  /** Those that were booked before, and where. */
  known: { seq: number; record: BookableRecord }[];
}

/** What makes up the books: a record's rows, and the sums that it is added to. */
export function createBooking(dialect: SqlDialect) {
  const rollups = createRollups(dialect);
  const spend = createSpend(dialect);
  const insertCalls = dialect.prepareInsert(bookedCalls);
  const insertLogs = dialect.prepareInsert(logs);
  const insertBlocks = dialect.prepareInsert(payloadBlocks);
  const insertSignatures = dialect.prepareInsert(searchSignatures);
  const insertAttempts = dialect.prepareInsert(attempts);

  /** Books the names of records, all different, and gives each a place. */
  async function claim(db: Kysely<Tables>, names: Named[], booked_at: number): Promise<Claims> {
    const claims: Claims = { fresh: [], known: [] };
    let waiting = names;
    for (let tries = 0; waiting.length > 0; tries++) {
      if (tries === mostTries) {
        throw new GatewayError('unavailable', 'There is no place left for calls of this time.');
      }
      const placed = new Map(
        waiting.map((named) => [drawSeq(named.record.data.started_at, tries), named]),
      );
      const rows = [...placed].map(([seq, { name }]) => ({ seq, name, booked_at }));
      const taken = new Set((await insertCalls(db, rows)).map(({ seq }) => Number(seq)));
      for (const [seq, named] of placed) {
        if (taken.has(seq)) claims.fresh.push({ seq, record: named.record });
      }
      if (taken.size === waiting.length) break;
      // Either the name or the place was taken, or two drew the same.
      const fresh = new Set(claims.fresh.map(({ record }) => record));
      const others = waiting.filter(({ record }) => !fresh.has(record));
      const seqOf = await seqsOf(db, others);
      for (const { name, record } of others) {
        const seq = seqOf.get(keyOf(name));
        if (seq !== undefined) claims.known.push({ seq, record });
      }
      waiting = others.filter(({ name }) => !seqOf.has(keyOf(name)));
    }
    return claims;
  }

  async function seqsOf(db: Kysely<Tables>, names: Named[]): Promise<Map<string, number>> {
    const rows = await db
      .selectFrom('booked_calls')
      .selectAll()
      .where(
        'name',
        'in',
        names.map(({ name }) => name),
      )
      .execute();
    return new Map(rows.map((row) => [keyOf(row.name), row.seq]));
  }

  return {
    spend,
    rollups,

    /** Books those of the records that are not booked yet, in a transaction that is begun. */
    async bookIn(db: Kysely<Tables>, records: BookableRecord[]): Promise<Claims> {
      const named = records.map((record) => ({ name: callNameOf(record), record }));
      const byName = new Map(named.map((one) => [keyOf(one.name), one]));
      const booked_at = Date.now();
      const claims = await claim(db, inLockOrder(byName), booked_at);
      const kept = await takeKept(db, claims.fresh);
      const placed = claims.fresh.map((claim) => kept.get(claim.seq) ?? claim);
      const blocks = cutIntoBlocks(
        placed
          .filter(({ record: { data } }) => data.request != null || data.response != null)
          .map(({ seq, record: { data } }) => ({
            seq,
            request: data.request,
            response: data.response,
          })),
      );
      const blockOf = new Map(
        blocks.flatMap(({ block_id, seqs }) => seqs.map((seq) => [seq, block_id])),
      );
      await insertLogs(
        db,
        placed.map(({ seq, record }) =>
          toLogRow(record, { seq, booked_at, payload_block: blockOf.get(seq) ?? null }),
        ),
      );
      await insertAttempts(
        db,
        placed.flatMap(({ seq, record }) => toAttemptRows(record, seq)),
      );
      await insertSignatures(
        db,
        blocks.map(({ signature }) => signature),
      );
      await insertBlocks(db, await Promise.all(blocks.map(({ row }) => row)));
      // Rows that all writers share come last: whoever holds them holds up the others.
      const booked = placed.map(({ record }) => record);
      await rollups.add(db, booked);
      await spend.add(db, booked);
      return claims;
    },
  };
}
