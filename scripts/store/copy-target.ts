import { sql } from 'kysely';
import { migrate, unfinishedCopy } from '../../functions/_shared/store/sql/migrations.ts';
import { type Books, migrationsOf, needThisLayout } from './books.ts';
import { countRows, type Place } from './rows.ts';
import { type Table, tablesOf } from './tables.ts';

/**
 * How far a copy has come stands in the target itself, written with the rows: after a crash at any
 * point the two agree. Until it is finished the target says so, and no function opens it.
 */

/** What tells one database from another: when it went through which migration. */
export async function identityOf(books: Books): Promise<string> {
  return JSON.stringify(await migrationsOf(books));
}

/** Makes the target ready for rows. Throws when it holds anything but the beginning of this copy. */
export async function takeTarget(target: Books, source: string): Promise<void> {
  const { db, dialect } = target;
  const names = (await migrationsOf(target)).map(({ name }) => name);
  if (names.includes(unfinishedCopy)) {
    const { rows } = await sql<{ source: string }>`
      SELECT DISTINCT source FROM copy_progress`.execute(db);
    if (rows.some((row) => row.source !== source)) {
      throw new Error(
        'The target holds the beginning of a copy of another database. Empty it first.',
      );
    }
    return;
  }
  if (names.length === 0) {
    const strange = await tablesOf(target);
    if (strange.length > 0) {
      throw new Error(
        `The target has tables of something else (${strange.map(({ name }) => name).join(', ')}). Give an empty database.`,
      );
    }
    await migrate(db, dialect);
  }
  await needThisLayout(target, 'The target');
  for (const { name } of await tablesOf(target)) {
    if ((await countRows(db, sql.table(name))) > 0) {
      throw new Error(`The target has rows in ${name} already. Give an empty database.`);
    }
  }
  await db.transaction().execute(async (transaction) => {
    await dialect.lockMigrations(transaction);
    await sql`CREATE TABLE copy_progress (
      table_name ${sql.raw(dialect.text)} PRIMARY KEY, source ${sql.raw(dialect.text)} NOT NULL,
      place ${sql.raw(dialect.text)})`.execute(transaction);
    await sql`INSERT INTO migrations (name, applied_at)
      VALUES (${unfinishedCopy}, ${Date.now()})`.execute(transaction);
    await sql`INSERT INTO copy_progress (table_name, source) VALUES ('', ${source})`.execute(
      transaction,
    );
  });
}

/** Where each table's rows have come to. */
export async function progressOf({ db }: Books): Promise<Map<string, Place | null>> {
  const { rows } = await sql<{ table_name: string; place: Place | null }>`
    SELECT table_name, place FROM copy_progress`.execute(db);
  return new Map(rows.map((row) => [row.table_name, row.place]));
}

export async function saveProgress(
  db: Books['db'],
  { table, source, place }: { table: Table; source: string; place: Place },
): Promise<void> {
  await sql`INSERT INTO copy_progress (table_name, source, place)
    VALUES (${table.name}, ${source}, ${place})
    ON CONFLICT (table_name) DO UPDATE SET place = excluded.place`.execute(db);
}

/** Whether the database counts up its identities by itself, or takes those that it is given. */
export async function setIdentities(
  { db }: Books,
  tables: Table[],
  rule: 'ALWAYS' | 'BY DEFAULT',
): Promise<void> {
  for (const { name, columns } of tables) {
    for (const column of columns.filter(({ identity }) => identity)) {
      const ref = sql.ref(column.name);
      await sql`ALTER TABLE ${sql.table(name)} ALTER ${ref} SET GENERATED ${sql.raw(rule)}`.execute(
        db,
      );
      await sql`SELECT setval(pg_get_serial_sequence(${name}, ${column.name}),
        COALESCE(MAX(${ref}), 1), MAX(${ref}) IS NOT NULL) FROM ${sql.table(name)}`.execute(db);
    }
  }
}

/** From here on it is a database like any other. */
export async function releaseTarget(target: Books, tables: Table[]): Promise<void> {
  await target.db.transaction().execute(async (db) => {
    await target.dialect.lockMigrations(db);
    await setIdentities({ ...target, db }, tables, 'ALWAYS');
    await sql`DROP TABLE copy_progress`.execute(db);
    await sql`DELETE FROM migrations WHERE name = ${unfinishedCopy}`.execute(db);
  });
}
