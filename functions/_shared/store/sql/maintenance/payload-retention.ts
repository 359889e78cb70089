import { type Kysely, sql } from 'kysely';
import type { Tables } from '../tables.ts';
import type { Job } from './job.ts';
import { createSizeLimit, type SizeLimit } from './size-limit.ts';

const blocksAStep = 50;
const looksAStep = 4000;
const walkEveryMs = 60_000;

/** As the index has it. */
const sizeOfBlock = sql.raw('length(bytes) + length(previews)');

interface SizedBlock {
  newest: number;
  size: number;
}

/** Where the newest blocks that together have no more than so many bytes begin. */
export function createPayloadLimit(db: Kysely<Tables>, limit: number): SizeLimit {
  return createSizeLimit({
    name: 'payloads_by_size',
    limit,
    everyMs: walkEveryMs,
    async look(below, room) {
      const { rows } = await sql<SizedBlock>`
        SELECT newest, ${sizeOfBlock} AS size FROM payload_blocks
          WHERE newest < ${below} ORDER BY newest DESC LIMIT ${looksAStep}`.execute(db);
      let passed = 0;
      for (const { newest, size } of rows) {
        passed += size;
        if (passed > room) return { passed, downTo: newest, keptFrom: newest + 1 };
      }
      const isAll = rows.length < looksAStep;
      return { passed, downTo: isAll ? null : (rows.at(-1)?.newest ?? null) };
    },
  });
}

/**
 * Deletes blocks of payloads whose youngest record is past its time, and what they are searched by.
 * The rows keep the number of their block, so that they can tell that there were bodies.
 */
export function createPayloadRetention(db: Kysely<Tables>, keptFrom: () => number): Job {
  return {
    name: 'payloads',
    step: () =>
      db.transaction().execute(async (transaction) => {
        const { rows } = await sql<SizedBlock>`
          DELETE FROM payload_blocks WHERE block_id IN (
            SELECT block_id FROM payload_blocks WHERE newest < ${keptFrom()}
              ORDER BY newest LIMIT ${blocksAStep})
            RETURNING newest, ${sizeOfBlock} AS size`.execute(transaction);
        if (rows.length === 0) return { more: false };
        const newest = rows.map((row) => row.newest);
        await transaction.deleteFrom('search_signatures').where('newest', 'in', newest).execute();
        const bytes = rows.reduce((sum, { size }) => sum + size, 0);
        return { more: rows.length === blocksAStep, rows: rows.length, bytes };
      }),
  };
}
