import { statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import type { Kysely } from 'kysely';
import type { Job } from '../sql/maintenance/job.ts';
import type { Tables } from '../sql/tables.ts';

/** Of a file's pages, those that stay free: what is deleted today makes room for tomorrow's. */
const spareShare = 1 / 16;
const fewestSpare = 256;
const pagesAStep = 500;
/** A larger file would be busy for too long. */
const vacuumedBelow = 64 * 1024 * 1024;
/** Beyond it the journal is begun anew. SQLite does so itself only when no reader is at it. */
const longestJournal = 16 * 1024 * 1024;

const incremental = 2;
const numberOf = (database: Database.Database, pragma: string) =>
  database.pragma(pragma, { simple: true }) as number;
const canShrink = (database: Database.Database) =>
  numberOf(database, 'auto_vacuum') === incremental;

/** Makes a file of an earlier program, if it is small, one that can give room back. */
export function makeShrinkable(database: Database.Database): void {
  const size = numberOf(database, 'page_count') * numberOf(database, 'page_size');
  if (canShrink(database) || size > vacuumedBelow) return;
  database.pragma('auto_vacuum = INCREMENTAL');
  try {
    database.exec('VACUUM');
  } catch (error) {
    // Another process is at the file. The next start comes again.
    if (!/^SQLITE_(BUSY|LOCKED)/.test((error as { code?: string }).code ?? '')) throw error;
  }
}

/**
 * What a SQLite file needs besides. Pragmas must not come between the statements of a transaction.
 * `PRAGMA optimize` is not among them: each query names the index that it goes by, and statistics,
 * taken when a table was small, could only lead it elsewhere.
 */
export function createUpkeep(database: Database.Database, db: Kysely<Tables>): Job[] {
  let toldOfShrinking = false;

  return [
    {
      name: 'shrink',
      step: () =>
        db.connection().execute(async () => {
          const free = numberOf(database, 'freelist_count');
          const pages = numberOf(database, 'page_count');
          const tooMany = free - Math.max(fewestSpare, pages * spareShare);
          if (tooMany <= 0) return { more: false };
          if (canShrink(database)) {
            database.pragma(`incremental_vacuum(${Math.min(pagesAStep, Math.ceil(tooMany))})`);
            return { more: tooMany > pagesAStep };
          }
          if (toldOfShrinking) return { more: false };
          toldOfShrinking = true;
          throw new Error(
            `${database.name} was made by an earlier version and keeps the room that is free in it for itself. To give it back to the disk, stop the proxy and run: sqlite3 ${database.name} 'PRAGMA auto_vacuum = INCREMENTAL; VACUUM'`,
          );
        }),
    },
    {
      name: 'journal',
      step: () =>
        db.connection().execute(async () => {
          const journal = statSync(`${database.name}-wal`, { throwIfNoEntry: false });
          if (!journal || journal.size < longestJournal) return { more: false };
          // It does not wait for readers: who writes would wait with it.
          database.pragma('busy_timeout = 0');
          const [answer] = database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
          database.pragma('busy_timeout = 5000');
          return { more: answer?.busy === 1 };
        }),
    },
  ];
}
