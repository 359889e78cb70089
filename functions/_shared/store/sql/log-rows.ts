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
  const ids = new Set(rows.map((row) => row.payload_block).filter((id) => id !== null));
  const previews = new Map<number, Previews>();
  if (ids.size > 0) {
    const blocks = await db
      .selectFrom('payload_blocks')
      .select('previews')
      .where('block_id', 'in', [...ids])
      .execute();
    const read = await Promise.all(blocks.map((block) => readPreviews(block.previews)));
    for (const [seq, of] of read.flatMap((block) => [...block])) previews.set(seq, of);
  }
  return rows.map((row) => fromLogRow(row, previews.get(row.seq)));
}
