import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { isPostgres, needKnownLayout, openBooks, pathOf } from './books.ts';
import { flush } from './disk.ts';

export interface BackupOptions {
  from: string;
  to: string;
  say: (line: string) => void;
}

/**
 * A copy of one moment, without the gaps that deletions left. VACUUM INTO reads within one
 * transaction, which holds up no writer; SQLite's backup API would begin anew with every write.
 */
export async function backup({ from, to, say }: BackupOptions): Promise<void> {
  if (isPostgres(from)) {
    throw new Error(
      'PostgreSQL has its own: pg_dump --format=custom --file=PATH URL, and pg_restore.',
    );
  }
  const path = pathOf(from);
  const books = openBooks(from, { access: 'read' });
  await needKnownLayout(books, path).finally(() => books.db.destroy());
  if (existsSync(to)) throw new Error(`${to} is there already. Name a file that is not.`);
  const partial = `${to}.partial`;
  rmSync(partial, { force: true });
  const began = performance.now();
  const database = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    database.prepare('VACUUM INTO ?').run(partial);
  } finally {
    database.close();
  }
  flush(partial);
  renameSync(partial, to);
  flush(dirname(to));
  const seconds = (performance.now() - began) / 1000;
  say(`${to}: ${statSync(to).size} bytes in ${seconds.toFixed(1)} s.`);
}
