import Database from 'better-sqlite3';
import { firstSeqAt } from '../../functions/_shared/store/sql/seq.ts';
import type { Known } from './query-kinds.ts';
import { median } from './statistics.ts';

const tries = 5;
const exportRows = 100_000;

/**
 * The same questions asked plainly of the log's table, in this process: sums over all rows, pages
 * by OFFSET, a scan for a word. A yardstick for what rollups, keys and signatures are worth, and
 * for what the way through threads and HTTP costs.
 */
export function leastQueries(file: string, { from, to, ids, keys, models }: Known) {
  const database = new Database(file, { readonly: true });
  const timed = (run: () => unknown): number => {
    const samples = Array.from({ length: tries }, () => {
      const began = performance.now();
      run();
      return performance.now() - began;
    });
    return median(samples);
  };
  const range = [firstSeqAt(from), firstSeqAt(to)];
  const sums = database.prepare(
    `SELECT model, COUNT(*), SUM(cost_nanos), SUM(total_tokens) FROM request_logs
       WHERE seq >= ? AND seq < ? GROUP BY model`,
  );
  const page = database.prepare(
    `SELECT * FROM request_logs WHERE seq >= ? AND seq < ? AND model = ? AND key_id = ?
       AND status = 'success' ORDER BY seq DESC LIMIT 50 OFFSET 5000`,
  );
  const row = database.prepare('SELECT * FROM request_logs WHERE seq = ?');
  const seqs = database
    .prepare('SELECT seq FROM request_logs ORDER BY seq DESC LIMIT 1000')
    .pluck()
    .all() as number[];
  const all = database.prepare('SELECT * FROM request_logs ORDER BY seq DESC LIMIT ?');
  const times = new Map<string, number>([
    ['usage page, a year', timed(() => sums.all(...range))],
    ['log list, three filters, any depth', timed(() => page.all(...range, models[0], keys[0]))],
    ['one log with its bodies', timed(() => row.get(seqs[ids.length % seqs.length]))],
  ]);
  const calls = database.prepare('SELECT COUNT(*) FROM request_logs').pluck().get() as number;
  const exportMs = timed(() => {
    for (const _ of all.iterate(exportRows));
  });
  database.close();
  return { calls, times, exportRate: Math.min(exportRows, calls) / (exportMs / 1000) };
}
