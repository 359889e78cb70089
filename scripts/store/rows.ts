import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { SqlDialect } from '../../functions/_shared/store/sql/dialect.ts';
import { timeOfSeq } from '../../functions/_shared/store/sql/seq.ts';
import type { InsertRows } from '../../functions/_shared/store/sql/statements.ts';
import type { Tables } from '../../functions/_shared/store/sql/tables.ts';
import { type Column, listOf, type Row, type Table } from './tables.ts';

const mostRows = 2000;
const bytesAtOnce = 8 * 1024 * 1024;

/** The values of a row's key, as text that says which row comes next. */
export type Place = string;

export const placeOf = ({ key }: Table, row: Row): Place =>
  JSON.stringify(key.map(({ name }) => String(row[name])));

const valuesAt = ({ key }: Table, place: Place) =>
  (JSON.parse(place) as string[]).map((text, index) =>
    (key[index] as Column).type === 'text' ? text : BigInt(text),
  );

/** The rows behind a place, in the order of the key; every database has the same order of text. */
export async function rowsAfter(
  db: Kysely<Tables>,
  table: Table,
  { after, limit, skip = 0 }: { after: Place | null; limit: number; skip?: number },
): Promise<Row[]> {
  const key = listOf(table.key);
  const where =
    after === null ? sql`` : sql`WHERE (${key}) > (${sql.join(valuesAt(table, after))})`;
  const { rows } = await sql<Row>`
    SELECT ${listOf(table.columns)} FROM ${sql.table(table.name)} ${where}
    ORDER BY ${key} LIMIT ${limit} OFFSET ${skip}`.execute(db);
  return rows;
}

export async function rowAt(
  db: Kysely<Tables>,
  table: Table,
  place: Place,
): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    SELECT ${listOf(table.columns)} FROM ${sql.table(table.name)}
    WHERE (${listOf(table.key)}) = (${sql.join(valuesAt(table, place))})`.execute(db);
  return rows[0];
}

export async function countRows(db: Kysely<Tables>, from: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ count: bigint }>`SELECT COUNT(*) AS count FROM ${from}`.execute(db);
  return Number(rows[0]?.count);
}

/** All rows behind a place, in pieces of some megabytes; a piece is read while one is written. */
export async function* piecesAfter(
  db: Kysely<Tables>,
  table: Table,
  place: Place | null,
): AsyncGenerator<Row[]> {
  // Rows with bytes in them may be large; how large, the first piece tells.
  let limit = table.columns.some(({ type }) => type === 'bytes') ? 50 : mostRows;
  let reading = rowsAfter(db, table, { after: place, limit });
  for (;;) {
    const rows = await reading;
    const last = rows.at(-1);
    if (!last) return;
    limit = Math.max(1, Math.min(mostRows, Math.floor(bytesAtOnce / averageSize(rows))));
    reading = rowsAfter(db, table, { after: placeOf(table, last), limit });
    // Whoever takes the rows may fail before it comes to this.
    reading.catch(() => {});
    yield rows;
  }
}

function averageSize(rows: Row[]): number {
  let size = 0;
  for (const row of rows) {
    for (const value of Object.values(row)) {
      size += value instanceof Uint8Array || typeof value === 'string' ? value.length : 8;
    }
  }
  return size / rows.length;
}

/** Writes rows as they are; those that are there already stay as they are. */
export function prepareWriting(dialect: SqlDialect, table: Table): InsertRows<Row> {
  return dialect.prepareInsert<Row>({
    into: table.name as keyof Tables,
    columns: Object.fromEntries(table.columns.map(({ name, type }) => [name, type])),
    ending: 'ON CONFLICT DO NOTHING',
  });
}

/** A place for rows of these, where the database lays them out by time. */
export async function makeRoomFor(
  db: Kysely<Tables>,
  dialect: SqlDialect,
  table: Table,
  rows: Row[],
): Promise<void> {
  if (table.name !== 'request_logs') return;
  await dialect.logs.makeRoom(
    db,
    rows.map(({ seq }) => timeOfSeq(Number(seq))),
  );
}
