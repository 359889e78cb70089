import { type Kysely, sql } from 'kysely';
import type { EpochMs } from '../../../units.ts';
import { joinedWithin, mostRecords } from '../payload-blocks.ts';
import { firstSeqAt, timeOfSeq } from '../seq.ts';
import type { PayloadBlocksTable, Tables } from '../tables.ts';

/** A block is left alone until no record of its time is likely to come any more. */
const settledAfterMs = 10 * 60_000;
/** What is joined is of one hour, so that a body is kept no more than an hour beyond its time. */
const spanMs = 3600_000;

export type SmallBlock = Pick<PayloadBlocksTable, 'block_id' | 'newest' | 'records'>;

/**
 * The next blocks to become one, oldest first; a single one that has no neighbour is to stay as it
 * is. Undefined while there is none: what is neither full nor an hour old waits for more, so that
 * no record is written a third time.
 */
export async function nextToJoin(
  db: Kysely<Tables>,
  { now, keptFrom }: { now: EpochMs; keptFrom: number },
): Promise<SmallBlock[] | undefined> {
  const settled = firstSeqAt(now - settledAfterMs);
  const first = await db
    .selectFrom('payload_blocks')
    .select('newest')
    .where('joinable', '=', 1)
    // What is about to be deleted takes nothing else with it, and keeps nothing.
    .where('newest', '>=', keptFrom)
    .where('newest', '<', settled)
    .orderBy('newest')
    .limit(1)
    .executeTakeFirst();
  if (!first) return;
  const end = firstSeqAt(timeOfSeq(first.newest) + spanMs);
  const { rows } = await sql<SmallBlock & { joinable: number }>`
    SELECT block_id, newest, records, joinable FROM payload_blocks
      WHERE newest >= ${first.newest} AND newest < ${Math.min(end, settled)}
      ORDER BY newest LIMIT ${joinedWithin}`.execute(db);
  const group: SmallBlock[] = [];
  let records = 0;
  let isComplete = end <= settled || rows.length === joinedWithin;
  for (const { joinable, ...block } of rows) {
    if (joinable === 0) continue;
    records += block.records;
    isComplete ||= records >= mostRecords;
    if (records > mostRecords) break;
    group.push(block);
  }
  return isComplete ? group : undefined;
}
