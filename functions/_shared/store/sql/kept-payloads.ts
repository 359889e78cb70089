import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import type { Kysely } from 'kysely';
import { leaveOutDeep } from '../../nesting.ts';
import type { Payload, Payloads } from '../payloads.ts';
import type { BookableRecord } from '../request-logs.ts';
import { callNameOf } from './call-name.ts';
import { payloadOf } from './payload-blocks.ts';
import type { Tables } from './tables.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

type Bodies = Pick<Payload, 'request' | 'response'>;

const unpack = async (bytes: Buffer): Promise<Bodies> =>
  JSON.parse((await decompress(bytes)).toString('utf8'));

export function createPayloads(db: Kysely<Tables>): Payloads {
  const bookedSeq = async (id: string, source: string) =>
    (
      await db
        .selectFrom('booked_calls')
        .select('seq')
        .where('name', '=', callNameOf({ id, source }))
        .executeTakeFirst()
    )?.seq;

  return {
    async keep({ id, source, request, response }) {
      const bytes = await compress(`{"request":${request},"response":${response}}`);
      // Whoever is booked already has its bodies, or was booked without on purpose.
      if ((await bookedSeq(id, source)) !== undefined) return;
      await db
        .insertInto('kept_payloads')
        .values({ id, source, kept_at: Date.now(), bytes })
        .onConflict((conflict) => conflict.columns(['id', 'source']).doNothing())
        .execute();
    },

    async find(id, source) {
      const kept = await db
        .selectFrom('kept_payloads')
        .select('bytes')
        .where('id', '=', id)
        .where('source', '=', source)
        .executeTakeFirst();
      if (kept) return { id, source, ...(await unpack(kept.bytes)) };
      const seq = await bookedSeq(id, source);
      const bodies = seq === undefined ? undefined : await payloadOf(db, seq);
      return bodies ? { id, source, request: bodies.request, response: bodies.response } : null;
    },
  };
}

/**
 * Of records whose bodies came ahead of them: the records with their bodies, by `seq`. The bodies
 * are kept apart no longer.
 */
export async function takeKept(
  db: Kysely<Tables>,
  claims: { seq: number; record: BookableRecord }[],
): Promise<Map<number, { seq: number; record: BookableRecord }>> {
  const whole = new Map<number, { seq: number; record: BookableRecord }>();
  for (const { seq, record } of claims) {
    if (!record.bodies_kept) continue;
    const kept = await db
      .deleteFrom('kept_payloads')
      .where('id', '=', record.id)
      .where('source', '=', record.source)
      .returning('bytes')
      .executeTakeFirst();
    const bodies = kept
      ? leaveOutDeep(await unpack(kept.bytes))
      : { bodies_withheld: 'the bodies that came ahead of the record are not in the store' };
    whole.set(seq, { seq, record: { ...record, data: { ...record.data, ...bodies } } });
  }
  return whole;
}
