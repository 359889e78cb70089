import type { Kysely, Selectable } from 'kysely';
import type { RequestLogRow } from '../request-logs.ts';
import { readPreviews } from './payload-blocks.ts';
import { fromLogRow, type Previews } from './rows.ts';
import type { RequestLogsTable, Tables } from './tables.ts';

/** Log rows with their previews, which lie beside the bodies, many to a block. */
export async function withPreviews(
  db: Kysely<Tables>,
  rows: Selectable<RequestLogsTable>[],
): Promise<RequestLogRow[]> {
  const previews = await previewsIn(
    db,
    rows.map((row) => row.payload_block),
  );
  const missed = rows.filter((row) => row.payload_block !== null && !previews.has(row.seq));
  if (missed.length > 0) {
    // Their blocks were deleted, or joined with others since the rows were read.
    const seqs = missed.map((row) => row.seq);
    const found = await db
      .selectFrom('request_logs')
      .select('payload_block')
      .where('seq', 'in', seqs)
      .execute();
    const moved = new Set(found.map((row) => row.payload_block));
    for (const row of missed) moved.delete(row.payload_block);
    for (const [seq, of] of await previewsIn(db, [...moved])) previews.set(seq, of);
  }
  return rows.map((row) => fromLogRow(row, previews.get(row.seq)));
}

async function previewsIn(db: Kysely<Tables>, blocks: (number | null)[]) {
  const ids = [...new Set(blocks)].filter((id) => id !== null);
  if (ids.length === 0) return new Map<number, Previews>();
  const rows = await db
    .selectFrom('payload_blocks')
    .select('previews')
    .where('block_id', 'in', ids)
    .execute();
  return new Map(rows.flatMap((row) => [...readPreviews(row.previews)]));
}
