import { existsSync } from 'node:fs';
import { type Kysely, Kysely as KyselyOf, PostgresDialect, sql } from 'kysely';
import { createPostgresDialect } from '../../functions/_shared/store/postgres/dialect.ts';
import { openPool } from '../../functions/_shared/store/postgres/pool.ts';
import type { SqlDialect } from '../../functions/_shared/store/sql/dialect.ts';
import { migrationNames, unfinishedCopy } from '../../functions/_shared/store/sql/migrations.ts';
import type { Tables } from '../../functions/_shared/store/sql/tables.ts';
import { openDatabase, sqliteDialect } from '../../functions/_shared/store/sqlite/database.ts';
import { createLogger } from '../../functions/_shared/telemetry.ts';

/** A database of books, opened as it is: nothing in it is made or migrated by opening it. */
export interface Books {
  kind: 'SQLite' | 'PostgreSQL';
  db: Kysely<Tables>;
  dialect: SqlDialect;
}

export function pathOf(url: string): string {
  if (url.startsWith('file:') && url.length > 'file:'.length) return url.slice('file:'.length);
  throw new Error(`This needs a SQLite file, file:<path>, not ${withoutPassword(url)}.`);
}

export const isPostgres = (url: string): boolean => /^postgres(ql)?:/.test(url);

export const withoutPassword = (url: string): string => url.replace(/(:\/\/[^:/@]*):[^@]*@/, '$1@');

export interface Opening {
  access: 'read' | 'write';
  /** Whether whole numbers come as BigInt, so that no sum of them is rounded. */
  exact?: boolean;
}

export function openBooks(url: string, { access, exact = true }: Opening): Books {
  if (isPostgres(url)) {
    const pool = openPool({
      url,
      logger: createLogger('store', 'warn'),
      patient: true,
      exact,
    });
    const db = new KyselyOf<Tables>({ dialect: new PostgresDialect({ pool }) });
    return { kind: 'PostgreSQL', db, dialect: createPostgresDialect() };
  }
  if (!url.startsWith('file:')) {
    throw new Error(`Give a database, file:<path> or postgres://…, not ${withoutPassword(url)}.`);
  }
  const path = pathOf(url);
  if (access === 'read' && !existsSync(path)) throw new Error(`There is no file ${path}.`);
  const db = openDatabase(path, { readonly: access === 'read', exact });
  return { kind: 'SQLite', db, dialect: sqliteDialect };
}

/** The migrations that a database has been through, in their order; none of a new one. */
export async function migrationsOf({ db }: Books): Promise<{ name: string; applied_at: string }[]> {
  const tables = await db.introspection.getTables();
  if (!tables.some(({ name }) => name === 'migrations')) return [];
  const { rows } = await sql<{ name: string; applied_at: bigint }>`
    SELECT name, applied_at FROM migrations ORDER BY name`.execute(db);
  return rows.map(({ name, applied_at }) => ({ name, applied_at: String(applied_at) }));
}

/** Throws unless this program can open it, if only after bringing it up. Gives what it has been through. */
export async function needKnownLayout(books: Books, what: string): Promise<string[]> {
  const names = (await migrationsOf(books)).map(({ name }) => name);
  if (names.length === 0) throw new Error(`${what} is not a database of Tallygate's.`);
  if (names.includes(unfinishedCopy)) {
    throw new Error(`${what} is a copy that is not finished. Run the same copy again first.`);
  }
  const newer = names.filter((name) => !migrationNames.includes(name));
  if (newer.length > 0) {
    throw new Error(
      `${what} was made by a newer Tallygate (it has ${newer.join(', ')}). Use that version.`,
    );
  }
  return names;
}

/** Throws unless the layout is this program's. */
export async function needThisLayout(books: Books, what: string): Promise<void> {
  const names = await needKnownLayout(books, what);
  const missing = migrationNames.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new Error(
      `${what} has the layout of an earlier Tallygate (without ${missing.join(', ')}). Start this version on it once, which brings it up.`,
    );
  }
}

/** Looks at one moment of the database, however long it takes and whoever writes meanwhile. */
export function atOneMoment<Result>(
  { db, kind }: Books,
  look: (db: Kysely<Tables>) => Promise<Result>,
): Promise<Result> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (transaction) => {
      if (kind === 'PostgreSQL') {
        await sql`SET LOCAL idle_in_transaction_session_timeout = 0`.execute(transaction);
      }
      return look(transaction);
    });
}
