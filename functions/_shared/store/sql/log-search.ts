import { type Kysely, type Selectable, sql } from 'kysely';
import type { RequestLogPage, RequestLogQuery, RequestLogRow } from '../request-logs.ts';
import { probeOf } from '../search/signature.ts';
import { textOf } from '../search/texts.ts';
import { holds, wordsOf } from '../search/words.ts';
import { allOf } from './conditions.ts';
import type { SqlDialect } from './dialect.ts';
import { rowConditions } from './log-filter.ts';
import { withPreviews } from './log-rows.ts';
import { joinedWithin, readBlock } from './payload-blocks.ts';
import { firstSeqAt, timeOfSeq } from './seq.ts';
import type { RequestLogsTable, Tables } from './tables.ts';

/** A search ends after this, whatever it has found, and says how far it came. */
const patienceMs = 350;
/** Signatures that one statement looks at. */
const signaturesAtOnce = 2000;

interface Candidate {
  newest: number;
}

/**
 * The search in prompts and answers: from the newest block of payloads on, those whose signature
 * may hold all the words are read, and what is in them is compared word by word.
 */
export function createLogSearch(db: Kysely<Tables>, dialect: SqlDialect) {
  /** Of the next blocks that are older than `newest`, those that may hold all words. */
  async function nextBlocks(
    { from, before, newest }: { from: number; before: number; newest: number },
    words: string[],
  ): Promise<{ candidates: Candidate[]; upTo: number | null }> {
    const { rows } = await sql<Candidate & { may: unknown }>`
      SELECT newest, ${dialect.mayHold(words.map(probeOf))} AS may FROM (
        SELECT newest, signature FROM search_signatures
          WHERE newest < ${newest} AND newest >= ${from} AND block_id < ${before}
          ORDER BY newest DESC LIMIT ${signaturesAtOnce}) AS next
        ORDER BY newest DESC`.execute(db);
    // Some are looked at twice: of blocks that are joined meanwhile, one that this look has not come
    // to may be under the signature of one that it has.
    const last = rows.at(-1 - joinedWithin);
    return {
      candidates: rows.filter(({ may }) => may === 1 || may === true),
      upTo: last && rows.length === signaturesAtOnce ? Number(last.newest) : null,
    };
  }

  async function seqsInBlock(newest: number, phrases: string[][]): Promise<number[]> {
    // By its youngest record: it may have been joined with others since its signature was read.
    const block = await db
      .selectFrom('request_logs')
      .innerJoin('payload_blocks', 'payload_blocks.block_id', 'request_logs.payload_block')
      .select('bytes')
      .where('seq', '=', newest)
      .executeTakeFirst();
    if (!block) return [];
    const payloads = await readBlock(block.bytes);
    return payloads
      .filter(({ request, response }) => holds(wordsOf(textOf(request, response)), phrases))
      .map(({ seq }) => seq);
  }

  async function rowsOf(seqs: number[], { filter }: RequestLogQuery): Promise<RequestLogRow[]> {
    if (seqs.length === 0) return [];
    const { rows } = await sql<Selectable<RequestLogsTable>>`
      SELECT * FROM request_logs WHERE seq IN (${sql.join(seqs)})
        AND ${allOf(rowConditions(filter))}`.execute(db);
    return withPreviews(db, rows);
  }

  return async (query: RequestLogQuery, phrases: string[][]): Promise<RequestLogPage> => {
    const { range, limit } = query;
    const from = firstSeqAt(range.from);
    const before = Math.min(query.before ?? Number.MAX_SAFE_INTEGER, firstSeqAt(range.to));
    const words = [...new Set(phrases.flat())];
    const giveUpAt = performance.now() + patienceMs;
    const found = new Map<number, RequestLogRow>();

    /** Rows above `floor` are certain: no block that is still to come holds a newer one. */
    const certain = (floor: number) =>
      [...found.values()].filter(({ seq }) => seq > floor).sort((a, b) => b.seq - a.seq);
    const pageDownTo = (floor: number): RequestLogPage => {
      const rows = certain(floor);
      if (rows.length > limit) {
        const page = rows.slice(0, limit);
        const next = page.at(-1)?.seq as number;
        return { rows: page, next, looked_back_to: timeOfSeq(next) };
      }
      return { rows, next: floor + 1, looked_back_to: timeOfSeq(floor + 1) };
    };

    let newest = Number.MAX_SAFE_INTEGER;
    for (;;) {
      const { candidates, upTo } = await nextBlocks({ from, before, newest }, words);
      for (const { newest: floor } of candidates) {
        if (certain(floor).length > limit) return pageDownTo(floor);
        // Each look gets a block further than the one before, however slow it is.
        const isLate = performance.now() > giveUpAt && floor < before - 1;
        if (isLate) return pageDownTo(floor);
        const seqs = await seqsInBlock(floor, phrases);
        const within = seqs.filter((seq) => seq >= from && seq < before);
        for (const row of await rowsOf(within, query)) found.set(row.seq, row);
      }
      if (upTo === null) break;
      newest = upTo;
      if (performance.now() > giveUpAt && upTo < before - 1) return pageDownTo(upTo - 1);
    }
    const page = pageDownTo(from - 1);
    return page.next === from ? { ...page, next: null, looked_back_to: range.from } : page;
  };
}
