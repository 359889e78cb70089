import type { RequestLogRow } from '../../../_shared/store/request-logs.ts';
import type { RequestLogsAnswer } from '../../api/request-logs.ts';

/** Where a look begins, and how many rows it is for. */
export interface Look {
  before: number | undefined;
  wanted: number;
}

/** A search may have to go far back; the reader is shown how far it came at least this often. */
const patienceMs = 2_000;

/**
 * Looks further back until there are enough rows, or nothing older, or the reader has waited long
 * enough: the server's own looks are short.
 */
export async function lookBack(
  { before, wanted }: Look,
  read: (before: number | undefined, limit: number) => Promise<RequestLogsAnswer>,
  now: () => number = () => performance.now(),
): Promise<RequestLogsAnswer> {
  const until = now() + patienceMs;
  const rows: RequestLogRow[] = [];
  let cursor = before;
  for (;;) {
    const page = await read(cursor, wanted - rows.length);
    rows.push(...page.rows);
    if (page.next === null || rows.length >= wanted || now() >= until) return { ...page, rows };
    cursor = page.next;
  }
}

/** The rows that came in since, above those of the list; each once, newest first. */
export function withFresh(fresh: RequestLogRow[], listed: RequestLogRow[]): RequestLogRow[] {
  const known = new Set(listed.map(({ seq }) => seq));
  const added = fresh.filter(({ seq }) => !known.has(seq));
  return added.length === 0 ? listed : [...added, ...listed].sort((a, b) => b.seq - a.seq);
}
