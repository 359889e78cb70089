import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { needKnownLayout, openBooks, pathOf } from './books.ts';
import { flush } from './disk.ts';

export interface RestoreOptions {
  from: string;
  to: string;
  force: boolean;
  say: (line: string) => void;
}

/** Puts a backup in the place of the books, whole or not at all. */
export async function restore({ from, to, force, say }: RestoreOptions): Promise<void> {
  const path = pathOf(to);
  if (existsSync(path) && !force) {
    throw new Error(`${path} is there already. Say --force to have the backup in its place.`);
  }
  mkdirSync(dirname(path), { recursive: true });
  const incoming = `${path}.incoming`;
  for (const name of [incoming, ...companionsOf(incoming)]) rmSync(name, { force: true });
  // What is checked is what is put in place, whatever happens to the backup meanwhile.
  copyFileSync(from, incoming, constants.COPYFILE_FICLONE);
  try {
    checkFile(incoming, from);
    const books = openBooks(`file:${incoming}`, { access: 'read' });
    await needKnownLayout(books, from).finally(() => books.db.destroy());
    if (existsSync(path)) putAway(path);
    // A log that is left over would be written into the new file.
    for (const name of companionsOf(path)) rmSync(name, { force: true });
    flush(incoming);
    renameSync(incoming, path);
    flush(dirname(path));
  } finally {
    for (const name of [incoming, ...companionsOf(incoming)]) rmSync(name, { force: true });
  }
  say(`${path}: ${statSync(path).size} bytes from ${from}.`);
}

const companionsOf = (path: string) => [`${path}-wal`, `${path}-shm`, `${path}-journal`];

function checkFile(path: string, name: string): void {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { readonly: true });
    const said = database.pragma('integrity_check(1)', { simple: true });
    if (said !== 'ok') throw new Error(`${name} is damaged: ${said}`);
  } catch (error) {
    if (codeOf(error) === 'SQLITE_NOTADB') throw new Error(`${name} is not a SQLite file.`);
    throw error;
  } finally {
    database?.close();
  }
}

/**
 * Takes the file out of WAL mode, which only the last one to have it open can do: a proxy that
 * went on writing into a file that has been replaced would write into nothing.
 */
function putAway(path: string): void {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { timeout: 1000 });
    database.pragma('journal_mode = DELETE');
  } catch (error) {
    const code = codeOf(error);
    if (code.startsWith('SQLITE_BUSY')) {
      throw new Error(`${path} is open elsewhere. Stop the proxy first.`);
    }
    // What is to be replaced may be damaged: that is why.
    if (!/^SQLITE_(NOTADB|CORRUPT)/.test(code)) throw error;
  } finally {
    database?.close();
  }
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';
