import type { Kysely } from 'kysely';
import type { SqlDialect } from '../dialect.ts';
import {
  cutIntoBlocks,
  mostLength,
  payloadsIn,
  type SeqPayload,
  unpackBlock,
} from '../payload-blocks.ts';
import { payloadBlocks, searchSignatures } from '../request-log-inserts.ts';
import type { Tables } from '../tables.ts';
import type { Job } from './job.ts';
import { nextToJoin, type SmallBlock } from './joinable-blocks.ts';

/** What was read is no longer what is there: somebody else has joined or deleted it. */
class Changed extends Error {}

interface Read {
  blocks: SmallBlock[];
  payloads: SeqPayload[];
}

/**
 * Joins small blocks of payloads with their neighbours. They are read and compressed before the
 * transaction that puts the new one in their place, so that it is short; it takes back all that it
 * did where one of them is no longer there.
 */
export function createJoining(
  db: Kysely<Tables>,
  dialect: SqlDialect,
  keptFrom: () => number,
): Job {
  const insertBlocks = dialect.prepareInsert(payloadBlocks);
  const insertSignatures = dialect.prepareInsert(searchSignatures);

  async function readTogether(group: SmallBlock[]): Promise<Read> {
    const ids = group.map(({ block_id }) => block_id);
    const rows = await db
      .selectFrom('payload_blocks')
      .select(['block_id', 'bytes'])
      .where('block_id', 'in', ids)
      .execute();
    const bytesOf = new Map(rows.map(({ block_id, bytes }) => [block_id, bytes]));
    const read: Read = { blocks: [], payloads: [] };
    let length = 0;
    for (const block of group) {
      const bytes = bytesOf.get(block.block_id);
      if (!bytes) throw new Changed();
      // One that cannot be read ends what is joined, and then stays by itself.
      const text = await unpackBlock(bytes).catch(() => undefined);
      if (text === undefined) break;
      length += text.length;
      if (length > mostLength) break;
      read.blocks.push(block);
      read.payloads.push(...payloadsIn(text));
    }
    return read;
  }

  const leaveAlone = ({ block_id, records }: SmallBlock) =>
    db
      .updateTable('payload_blocks')
      .set({ joinable: 0 })
      .where('block_id', '=', block_id)
      .where('records', '=', records)
      .execute();

  async function replace({ blocks, payloads }: Read): Promise<void> {
    const joined = cutIntoBlocks(payloads);
    const rows = await Promise.all(joined.map(({ row }) => row));
    const wanted = new Map(blocks.map(({ block_id, records }) => [block_id, records]));
    await db.transaction().execute(async (transaction) => {
      const gone = await transaction
        .deleteFrom('payload_blocks')
        .where('block_id', 'in', [...wanted.keys()])
        .returning(['block_id', 'records'])
        .execute();
      // A joined block has the number of the first that is in it, but more records.
      const same = gone.filter(({ block_id, records }) => wanted.get(block_id) === records);
      if (same.length < blocks.length) throw new Changed();
      const newest = blocks.map((block) => block.newest);
      await transaction.deleteFrom('search_signatures').where('newest', 'in', newest).execute();
      await insertSignatures(
        transaction,
        joined.map(({ signature }) => signature),
      );
      await insertBlocks(
        transaction,
        rows.map((row) => ({ ...row, joinable: 0 })),
      );
      for (const { block_id, seqs } of joined) {
        await transaction
          .updateTable('request_logs')
          .set({ payload_block: block_id })
          .where('seq', 'in', seqs)
          .execute();
      }
    });
  }

  return {
    name: 'joined_blocks',
    async step() {
      const group = await nextToJoin(db, { now: Date.now(), keptFrom: keptFrom() });
      const [first] = group ?? [];
      if (!group || !first) return { more: false };
      try {
        const read = await readTogether(group);
        if (read.blocks.length > 1) await replace(read);
        else await leaveAlone(first);
      } catch (error) {
        if (!(error instanceof Changed)) throw error;
      }
      return { more: true };
    },
  };
}
