import { existsSync, renameSync } from 'node:fs';
import Database from 'better-sqlite3';
import { isDamage } from './damage.ts';

export interface FileOptions {
  path: string;
  /** What the events in it may take. */
  maxBytes: number;
  /** The file was found damaged while it was in use. */
  damaged: boolean;
  onCorrupt(setAside: string): void;
}

/**
 * How the reason begins why an event was parked that failed too often. Such an event is tried again
 * when the outbox is opened: whoever mended the cause starts the proxy anew, if it was not that.
 */
export const givenUp = 'given up: ';

interface Opened {
  database: Database.Database;
  waiting: number;
  parkedAtStart: number;
}

/**
 * The outbox's file. WAL with `synchronous = NORMAL`: a commit survives any death of the process;
 * a power cut may take the last ones. A file that SQLite cannot read is set aside, not deleted.
 */
export function openFile({ path, maxBytes, damaged, onCorrupt }: FileOptions): Opened {
  try {
    if (!damaged) return openDatabase(path, maxBytes);
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  const setAside = `${path}.corrupt-${Date.now()}`;
  for (const part of ['', '-wal']) {
    if (existsSync(path + part)) renameSync(path + part, setAside + part);
  }
  onCorrupt(setAside);
  return openDatabase(path, maxBytes);
}

function openDatabase(path: string, maxBytes: number): Opened {
  const database = new Database(path, { timeout: 5000 });
  try {
    // Where it is set, setting it is a write, which a full disk refuses.
    if (database.pragma('auto_vacuum', { simple: true }) === 0) {
      database.pragma('auto_vacuum = INCREMENTAL');
    }
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma('journal_size_limit = 67108864');
    limitPages(database, maxBytes);
    database.exec(`CREATE TABLE IF NOT EXISTS outbox (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      not_before INTEGER NOT NULL,
      parked TEXT,
      head TEXT NOT NULL,
      data TEXT NOT NULL,
      request TEXT,
      response TEXT
    );
    CREATE INDEX IF NOT EXISTS outbox_parked ON outbox (seq) WHERE parked IS NOT NULL`);
    addBodies(database);
    database
      .prepare(
        'UPDATE outbox SET parked = NULL WHERE parked IS NOT NULL AND substr(parked, 1, ?) = ?',
      )
      .run(givenUp.length, givenUp);
    // It reads every page of the table, so that damage shows here, where there is a remedy.
    const counts = database
      .prepare<[], { waiting: number; parked: number }>(
        'SELECT count(*) - count(parked) AS waiting, count(parked) AS parked FROM outbox',
      )
      .get();
    return { database, waiting: counts?.waiting ?? 0, parkedAtStart: counts?.parked ?? 0 };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A file from before bodies were kept apart. */
function addBodies(database: Database.Database) {
  const columns = database.pragma('table_info(outbox)') as { name: string }[];
  for (const name of ['request', 'response']) {
    if (columns.some((column) => column.name === name)) continue;
    database.exec(`ALTER TABLE outbox ADD COLUMN ${name} TEXT`);
  }
}

/**
 * SQLite's own bound of the file, a quarter above ours for what is on its way in and for free
 * pages. It is the second fence: a volume that overflows costs a pod its database.
 */
function limitPages(database: Database.Database, maxBytes: number) {
  const pageBytes = database.pragma('page_size', { simple: true }) as number;
  database.pragma(`max_page_count = ${Math.ceil((maxBytes * 1.25) / pageBytes)}`);
}
