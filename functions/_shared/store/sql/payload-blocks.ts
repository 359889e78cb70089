import { promisify } from 'node:util';
import { zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import type { Kysely } from 'kysely';
import { createSignature } from '../search/signature.ts';
import { textOf } from '../search/texts.ts';
import { requestPreview, responsePreview } from './previews.ts';
import type { Previews } from './rows.ts';
import type { PayloadBlocksTable, SearchSignaturesTable, Tables } from './tables.ts';

/**
 * Bodies are kept many to a block: together they compress to two thirds of what they would take
 * one by one, in a third of the time. A block is zstd over a line for each record: its `seq`, its
 * request and its response, as JSON, with tabs between, which JSON does not hold.
 */
export const mostRecords = 50;
export const mostLength = 256 * 1024;
/** A block with fewer records or less in it is joined with others later. */
const fewRecords = 25;
/** No block is joined with one that is further away, counted in blocks by their youngest record. */
export const joinedWithin = 200;

/** A block comes out in one piece. */
const chunkSize = 128 * 1024;

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

export interface SeqPayload {
  seq: number;
  request: unknown;
  response: unknown;
}

type PreviewLine = [seq: number, request: string, response: string];

export interface Block {
  /** The thread pool compresses; the caller can do something else meanwhile. */
  row: Promise<PayloadBlocksTable>;
  block_id: number;
  signature: SearchSignaturesTable;
  seqs: number[];
}

/** The blocks of payloads, sorted by `seq` so that what lies together is of one time. */
export function cutIntoBlocks(payloads: SeqPayload[]): Block[] {
  const cuts: { payloads: SeqPayload[]; lines: string[]; length: number }[] = [];
  for (const payload of payloads.toSorted((a, b) => a.seq - b.seq)) {
    const line = toLine(payload);
    let cut = cuts.at(-1);
    if (!cut || cut.lines.length === mostRecords || cut.length + line.length > mostLength) {
      cut = { payloads: [], lines: [], length: 0 };
      cuts.push(cut);
    }
    cut.payloads.push(payload);
    cut.lines.push(line);
    cut.length += line.length;
  }
  return cuts.map(({ payloads, lines, length }) => {
    const seqs = payloads.map(({ seq }) => seq);
    const block_id = seqs[0] as number;
    const newest = seqs.at(-1) as number;
    const joinable = lines.length < fewRecords && length <= mostLength / 2 ? 1 : 0;
    const row = compressed(payloads, lines).then((parts) => ({
      block_id,
      newest,
      records: lines.length,
      joinable,
      ...parts,
    }));
    // Whoever cuts may fail before it comes to this.
    row.catch(() => {});
    const signature = createSignature(
      payloads.map(({ request, response }) => textOf(request, response)),
    );
    return { row, block_id, signature: { newest, block_id, signature }, seqs };
  });
}

async function compressed(payloads: SeqPayload[], lines: string[]) {
  const previews = payloads.map(
    ({ seq, request, response }): PreviewLine => [
      seq,
      requestPreview(request),
      responsePreview(response),
    ],
  );
  const bytes = compress(lines.join('\n'), { chunkSize });
  // So short that to hand it to another thread would take longer.
  return { previews: zstdCompressSync(JSON.stringify(previews)), bytes: await bytes };
}

const toLine = ({ seq, request, response }: SeqPayload): string =>
  `${seq}\t${toJson(request)}\t${toJson(response)}`;

const toJson = (body: unknown): string => JSON.stringify(body ?? null);

function fromLine(line: string): SeqPayload {
  const [seq = '', request = '', response = ''] = line.split('\t');
  return { seq: Number(seq), request: JSON.parse(request), response: JSON.parse(response) };
}

/** The previews of a block's records by `seq`. */
export function readPreviews(bytes: Uint8Array): Map<number, Previews> {
  const lines: PreviewLine[] = JSON.parse(zstdDecompressSync(bytes).toString('utf8'));
  return new Map(
    lines.map(([seq, request_preview, response_preview]) => [
      seq,
      { request_preview, response_preview },
    ]),
  );
}

/** The lines of a block, as text. */
export const unpackBlock = async (bytes: Uint8Array): Promise<string> =>
  (await decompress(bytes)).toString('utf8');

/** All payloads of a block, or those of the `seq`s that are asked for. */
export const readBlock = async (bytes: Uint8Array, only?: Set<number>): Promise<SeqPayload[]> =>
  payloadsIn(await unpackBlock(bytes), only);

export function payloadsIn(text: string, only?: Set<number>): SeqPayload[] {
  return text
    .split('\n')
    .filter((line) => only?.has(Number(line.slice(0, line.indexOf('\t')))) ?? true)
    .map(fromLine);
}

/** The bodies of one call; undefined where there are none, or none any longer. */
export async function payloadOf(db: Kysely<Tables>, seq: number): Promise<SeqPayload | undefined> {
  const row = await db
    .selectFrom('request_logs')
    .innerJoin('payload_blocks', 'payload_blocks.block_id', 'request_logs.payload_block')
    .select('bytes')
    .where('seq', '=', seq)
    .executeTakeFirst();
  return row && (await readBlock(row.bytes, new Set([seq])))[0];
}
