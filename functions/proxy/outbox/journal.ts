import { renameSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { OutboxEvent } from './outbox.ts';

/** An event in the journal. `seq` is null for one that only memory holds. */
export interface JournalEntry {
  seq: number | null;
  event: OutboxEvent;
}

interface Row {
  seq: number;
  head: string;
  data: string;
}

/** Parked events are for a person to look at; the oldest go when there are more than these. */
const parkedLimit = 10_000;

/**
 * The outbox's file. WAL with `synchronous = NORMAL`: a commit survives any death of the process;
 * a power cut may take the last ones. A file that SQLite cannot read is set aside, not deleted.
 */
export function openJournal(path: string, onCorrupt: (setAside: string) => void) {
  let database: Database.Database;
  try {
    database = openDatabase(path);
  } catch (error) {
    const { code = '' } = error as { code?: string };
    if (!['SQLITE_CORRUPT', 'SQLITE_NOTADB'].includes(code)) throw error;
    const setAside = `${path}.corrupt-${Date.now()}`;
    renameSync(path, setAside);
    onCorrupt(setAside);
    database = openDatabase(path);
  }

  const insert = database.prepare(
    'INSERT INTO outbox (not_before, parked, head, data) VALUES (?, ?, ?, ?)',
  );
  const remove = database.prepare('DELETE FROM outbox WHERE seq = ?');
  const park = database.prepare('UPDATE outbox SET parked = ? WHERE seq = ?');
  const after = database.prepare<[number, number], Row>(
    'SELECT seq, head, data FROM outbox WHERE seq > ? AND parked IS NULL ORDER BY seq LIMIT ?',
  );
  const counts = database.prepare<[], { waiting: number; parked: number }>(
    'SELECT count(*) - count(parked) AS waiting, count(parked) AS parked FROM outbox',
  );
  const trimParked = database.prepare(
    `DELETE FROM outbox WHERE seq IN
       (SELECT seq FROM outbox WHERE parked IS NOT NULL ORDER BY seq LIMIT max(0, ?))`,
  );

  const add = ({ data, ...head }: OutboxEvent): number => {
    const { notBefore = 0, parked = null } = head;
    return insert.run(notBefore, parked, JSON.stringify(head), data).lastInsertRowid as number;
  };

  return {
    /** Keeps `events` and forgets what is `delivered`, in one transaction. Gives their numbers. */
    write: database.transaction((events: OutboxEvent[], delivered: number[]): number[] => {
      for (const seq of delivered) remove.run(seq);
      return events.map(add);
    }),
    /** Up to `limit` events after `seq` that wait for delivery, oldest first. */
    after(seq: number, limit: number): (JournalEntry & { seq: number })[] {
      return after.all(seq, limit).map((row) => ({
        seq: row.seq,
        event: { ...JSON.parse(row.head), data: row.data },
      }));
    },
    /** Sets an event aside for good. Gives how many older ones had to go for it. */
    park: database.transaction((seq: number, reason: string): number => {
      park.run(reason, seq);
      const { parked } = counts.get() ?? { parked: 0 };
      return trimParked.run(parked - parkedLimit).changes;
    }),
    counts() {
      return counts.get() ?? { waiting: 0, parked: 0 };
    },
    /** Gives free pages back to the file system, a few at a time. */
    shrink() {
      database.pragma('incremental_vacuum(1000)');
    },
    close() {
      database.close();
    },
  };
}

export type Journal = ReturnType<typeof openJournal>;

function openDatabase(path: string): Database.Database {
  const database = new Database(path, { timeout: 5000 });
  try {
    database.pragma('auto_vacuum = INCREMENTAL');
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma('journal_size_limit = 67108864');
    database.exec(`CREATE TABLE IF NOT EXISTS outbox (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      not_before INTEGER NOT NULL,
      parked TEXT,
      head TEXT NOT NULL,
      data TEXT NOT NULL
    )`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
