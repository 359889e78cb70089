import { type Kysely, sql } from 'kysely';
import { firstSeqAt } from '../../../functions/_shared/store/sql/seq.ts';
import type { Tables } from '../../../functions/_shared/store/sql/tables.ts';
import { tablesOf } from '../tables.ts';
import type { Check } from './finding.ts';

/** What the database itself can say of its own state. */
export const checkDatabase: Check = (books) =>
  books.kind === 'SQLite' ? checkFile(books.db) : checkServer(books);

/** Every page, every index entry, every constraint. */
async function checkFile(db: Kysely<Tables>): Promise<string[]> {
  const pages = await sql<{ integrity_check: string }>`PRAGMA integrity_check(20)`.execute(db);
  const keys = await sql<{ table: string }>`PRAGMA foreign_key_check`.execute(db);
  return [
    ...pages.rows
      .filter((row) => row.integrity_check !== 'ok')
      .map((row) => `the file is damaged: ${row.integrity_check}`),
    ...keys.rows.map((row) => `a row of ${row.table} refers to a row that is not there`),
  ];
}

const checkServer: Check = async (books) => [
  ...(await checkIndexes(books.db)),
  ...(await checkPartitions(books.db)),
  ...(await checkIdentities(books)),
];

async function checkIndexes(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT indexes.relname AS name FROM pg_index
      JOIN pg_class AS indexes ON indexes.oid = pg_index.indexrelid
      WHERE indexes.relnamespace = current_schema()::regnamespace
        AND NOT (indisvalid AND indisready)`.execute(db);
  return rows.map(({ name }) => `the index ${name} is not valid: REINDEX INDEX ${name}`);
}

/** A partition holds the month that it is named after; what has none goes to the default. */
async function checkPartitions(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ name: string; bounds: string }>`
    SELECT parts.relname AS name, pg_get_expr(parts.relpartbound, parts.oid) AS bounds
      FROM pg_inherits JOIN pg_class AS parts ON parts.oid = pg_inherits.inhrelid
      WHERE pg_inherits.inhparent = 'request_logs'::regclass`.execute(db);
  const found = rows.some(({ bounds }) => bounds === 'DEFAULT')
    ? []
    : ['request_logs has no default partition'];
  for (const { name, bounds } of rows.filter((row) => row.bounds !== 'DEFAULT')) {
    const [, year, month] = /^logs_of_(\d{4})_(\d{2})$/.exec(name) ?? [];
    const from = Date.UTC(Number(year), Number(month) - 1);
    const to = Date.UTC(Number(year), Number(month));
    const expected = `FOR VALUES FROM ('${firstSeqAt(from)}') TO ('${firstSeqAt(to)}')`;
    if (bounds !== expected) found.push(`the partition ${name} is ${bounds}, not its month`);
  }
  return found;
}

/** A number that is counted up must be beyond all that are there, or the next row is refused. */
async function checkIdentities(books: Parameters<Check>[0]): Promise<string[]> {
  const found: string[] = [];
  for (const { name, columns } of await tablesOf(books)) {
    for (const column of columns.filter(({ identity }) => identity)) {
      const { rows } = await sql<{ behind: boolean }>`
        SELECT MAX(${sql.ref(column.name)}) > pg_sequence_last_value(
          pg_get_serial_sequence(${name}, ${column.name})::regclass) AS behind
          FROM ${sql.table(name)}`.execute(books.db);
      if (rows[0]?.behind)
        found.push(`${name}.${column.name} is to be given numbers that are taken`);
    }
  }
  return found;
}
