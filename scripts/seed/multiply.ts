import { parseArgs } from 'node:util';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { callNameOf } from '../../functions/_shared/store/sql/call-name.ts';
import { foldAll } from '../../functions/_shared/store/sql/folding.ts';
import { createRollups } from '../../functions/_shared/store/sql/rollups.ts';
import { firstSeqAt } from '../../functions/_shared/store/sql/seq.ts';
import { openDatabase, sqliteDialect } from '../../functions/_shared/store/sqlite/database.ts';

/**
 * npx node scripts/seed/multiply.ts --store <file> --times 10 [--days 365]
 *
 * Makes of a seeded time the same time over and over, one before the other, row by row in SQL: ten
 * million calls in the time that it takes to book one. Nothing else may have the file open.
 */
const { values } = parseArgs({
  options: {
    store: { type: 'string' },
    times: { type: 'string', default: '10' },
    days: { type: 'string', default: '365' },
  },
});
const dayMs = 86_400_000;
const say = (text: string) => process.stderr.write(`${text}\n`);

/** Text in which each record begins with its `seq`, shifted; packed as it came. */
function shifted(bytes: Uint8Array, pattern: RegExp, by: number): Buffer {
  const text = zstdDecompressSync(bytes).toString('utf8');
  return zstdCompressSync(
    text.replace(pattern, (_, before: string, seq: string) => `${before}${Number(seq) - by}`),
  );
}

/** What is not folded into the rollups yet would stay as it is. */
async function fold(file: string): Promise<void> {
  const db = openDatabase(file, { readonly: false });
  const rollups = createRollups(sqliteDialect);
  await db.transaction().execute((transaction) => foldAll(transaction, rollups));
  await db.destroy();
}

function open(file: string): Database.Database {
  const database = new Database(file, { fileMustExist: true });
  database.pragma('synchronous = OFF');
  database.pragma('cache_size = -1000000');
  database.function('name_of', { deterministic: true }, (id, source) =>
    callNameOf({ id: String(id), source: String(source) }),
  );
  database.function('shift_block', { deterministic: true }, (bytes, by) =>
    shifted(bytes as Uint8Array, /(^|\n)(\d+)(?=\t)/g, Number(by)),
  );
  database.function('shift_previews', { deterministic: true }, (bytes, by) =>
    shifted(bytes as Uint8Array, /(^\[\[|\],\[)(\d+)(?=,")/g, Number(by)),
  );
  return database;
}

/** What each column becomes `ms` earlier; columns that are not named stay. */
function changesOf(back: number, ms: number): Record<string, Record<string, string>> {
  const seqs = firstSeqAt(ms);
  // Of a UUID the first digits are a part of the time, and 01 in our days.
  const mark = (back + 1).toString(16).padStart(2, '0');
  const id = `'${mark}' || substr(id, 3)`;
  const seq = `seq - ${seqs}`;
  return {
    booked_calls: {
      seq: `booked_calls.seq - ${seqs}`,
      name: `(SELECT name_of(${id}, source) FROM request_logs AS log WHERE log.seq = booked_calls.seq)`,
      booked_at: `booked_calls.booked_at - ${ms}`,
    },
    attempts: { seq, started_at: `started_at - ${ms}` },
    payload_blocks: {
      block_id: `block_id - ${seqs}`,
      newest: `newest - ${seqs}`,
      previews: `shift_previews(previews, ${seqs})`,
      bytes: `shift_block(bytes, ${seqs})`,
    },
    search_signatures: { newest: `newest - ${seqs}`, block_id: `block_id - ${seqs}` },
    rollups: { cell_start: `cell_start - ${ms / 60_000}` },
    request_logs: {
      seq,
      id,
      response_id: `substr(response_id, 1, 9) || '${mark}' || substr(response_id, 12)`,
      booked_at: `booked_at - ${ms}`,
      started_at: `started_at - ${ms}`,
      payload_block: `payload_block - ${seqs}`,
    },
  };
}

/** The rows that were there first: those made of them lie below. */
const isFirst: Record<string, (firstSeq: number) => string> = {
  booked_calls: (first) => `booked_calls.seq >= ${first}`,
  attempts: (first) => `seq >= ${first}`,
  payload_blocks: (first) => `block_id >= ${first}`,
  search_signatures: (first) => `newest >= ${first}`,
  rollups: (first) => `cell_start >= ${Math.floor(first / firstSeqAt(60_000))} / 1440 * 1440`,
  request_logs: (first) => `seq >= ${first}`,
};

function multiply(file: string, times: number, days: number): void {
  const database = open(file);
  const first = database.prepare('SELECT MIN(seq) FROM request_logs').pluck().get() as number;
  for (let back = 1; back < times; back++) {
    database.transaction(() => {
      for (const [table, changes] of Object.entries(changesOf(back, back * days * dayMs))) {
        const columns = database
          .prepare(`SELECT name FROM pragma_table_info('${table}')`)
          .pluck()
          .all() as string[];
        const values = columns.map((column) => changes[column] ?? column);
        const where = isFirst[table]?.(first);
        database.exec(
          `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values.join(', ')} FROM ${table} WHERE ${where}`,
        );
      }
    })();
    say(`${back + 1} of ${times}`);
  }
  database.exec(`UPDATE spend SET calls = calls * ${times}, cost_nanos = cost_nanos * ${times}`);
  database.close();
}

const wholeNumber = (text: string, least: number, most: number) => {
  const value = Number(text);
  return Number.isInteger(value) && value >= least && value <= most ? value : undefined;
};
const times = wholeNumber(values.times, 2, 200);
// Whole days, so that a day's cells are a day's cells again.
const days = wholeNumber(values.days, 1, 3650);
if (!values.store || !times || !days) {
  say(
    'Say which file, how many times (2 to 200), and what time apart: --store <file> --times 10 --days 365',
  );
  process.exit(1);
}
await fold(values.store);
multiply(values.store, times, days);
