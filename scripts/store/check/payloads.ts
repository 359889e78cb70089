import { sql } from 'kysely';
import { readPreviews, unpackBlock } from '../../../functions/_shared/store/sql/payload-blocks.ts';
import type { PayloadBlocksTable } from '../../../functions/_shared/store/sql/tables.ts';
import { type Check, findRows } from './finding.ts';

const blocksAtOnce = 20;

/**
 * Each log's bodies are where it says, and each block can be read and searched. Blocks that are
 * past their time are deleted oldest first: a log that is newer than the oldest one has its own.
 */
export const checkPayloads: Check = async ({ db }) => [
  ...(await findRows(
    db,
    sql`SELECT seq AS place FROM request_logs
      WHERE payload_block IS NOT NULL AND seq > (SELECT MIN(newest) FROM payload_blocks)
        AND NOT EXISTS (SELECT 1 FROM payload_blocks WHERE block_id = payload_block)`,
    'logs have lost their bodies, though older bodies are kept',
  )),
  ...(await findRows(
    db,
    sql`SELECT search_signatures.newest AS place FROM search_signatures
      LEFT JOIN payload_blocks ON payload_blocks.block_id = search_signatures.block_id
      WHERE payload_blocks.newest IS NULL OR payload_blocks.newest <> search_signatures.newest`,
    'search signatures are of no block of bodies',
  )),
  ...(await findRows(
    db,
    sql`SELECT block_id AS place FROM payload_blocks WHERE NOT EXISTS (
      SELECT 1 FROM search_signatures WHERE search_signatures.newest = payload_blocks.newest
        AND search_signatures.block_id = payload_blocks.block_id)`,
    'blocks of bodies have no search signature',
  )),
  ...(await checkBlocks({ db })),
];

type BlockRow = Pick<PayloadBlocksTable, 'previews' | 'bytes'> & {
  block_id: bigint;
  newest: bigint;
  records: number;
};

/** Reads every block there is. */
async function checkBlocks({ db }: Pick<Parameters<Check>[0], 'db'>): Promise<string[]> {
  const counts = await sql<{ payload_block: bigint; count: bigint }>`
    SELECT payload_block, COUNT(*) AS count FROM request_logs
      WHERE payload_block IS NOT NULL GROUP BY payload_block`.execute(db);
  const logsOf = new Map(counts.rows.map((row) => [row.payload_block, Number(row.count)]));
  const found: string[] = [];
  for (let after = -1n; ; ) {
    const { rows } = await sql<BlockRow>`
      SELECT block_id, newest, records, previews, bytes FROM payload_blocks
        WHERE block_id > ${after} ORDER BY block_id LIMIT ${blocksAtOnce}`.execute(db);
    const last = rows.at(-1);
    if (!last) return found;
    const seqsOf = new Map<bigint, number[]>();
    for (const row of rows) {
      const seqs = await seqsIn(row).catch((error: Error) => error);
      if (seqs instanceof Error) {
        found.push(`block ${row.block_id} of bodies cannot be read: ${seqs.message}`);
      } else {
        seqsOf.set(row.block_id, seqs);
      }
    }
    const within = [...seqsOf.values()].flat();
    const pointing =
      within.length === 0
        ? []
        : (
            await sql<{ seq: bigint; payload_block: bigint | null }>`
              SELECT seq, payload_block FROM request_logs
                WHERE seq IN (${sql.join(within)})`.execute(db)
          ).rows;
    const blockOf = new Map(pointing.map((row) => [Number(row.seq), row.payload_block]));
    for (const [id, seqs] of seqsOf) {
      const here = seqs.filter((seq) => blockOf.get(seq) === id).length;
      const elsewhere = (logsOf.get(id) ?? 0) - here;
      if (elsewhere > 0) {
        found.push(`${elsewhere} logs say that block ${id} holds their bodies, which it does not`);
      }
    }
    after = last.block_id;
  }
}

/** Throws what is wrong with the block itself. */
async function seqsIn({ block_id, newest, records, previews, bytes }: BlockRow): Promise<number[]> {
  const lines = (await unpackBlock(bytes)).split('\n');
  const seqs = lines.map((line) => Number(line.slice(0, line.indexOf('\t'))));
  if (seqs.length !== Number(records)) {
    throw new Error(`it holds ${seqs.length} records instead of ${records}`);
  }
  if (seqs[0] !== Number(block_id) || seqs.at(-1) !== Number(newest)) {
    throw new Error('it holds the records of another block');
  }
  const previewed = readPreviews(previews);
  if (seqs.some((seq) => !previewed.has(seq))) throw new Error('its previews are of other records');
  return seqs;
}
