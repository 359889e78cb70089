import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

export type ColumnType = 'text' | 'integer' | 'bigint' | 'double precision' | 'bytes';

/** An insert of rows of one kind, which a database prepares in its own way. */
export interface Insert<Row extends object> {
  into: keyof Tables;
  columns: { [Column in keyof Row & string]: ColumnType };
  /** What stands behind the rows: ON CONFLICT …, RETURNING … */
  ending?: string;
}

/**
 * Inserts rows in their order, with the fewest round trips that the database can do with. Answers
 * with what RETURNING says.
 */
export type InsertRows<Row extends object> = (
  db: Kysely<Tables>,
  rows: Row[],
) => Promise<Record<string, unknown>[]>;

/** The columns by name; their order is the parameters'. */
export function columnsOf<Row extends object>({ columns }: Insert<Row>) {
  return Object.entries(columns) as [keyof Row & string, ColumnType][];
}

export function insertText<Row extends object>(insert: Insert<Row>, rows: string): string {
  const names = columnsOf(insert).map(([name]) => name);
  return `INSERT INTO ${insert.into} (${names.join(', ')}) ${rows} ${insert.ending ?? ''}`;
}

/**
 * Rows in the order that every process writes them in: two transactions that lock the same rows
 * in one order wait for each other, in two they may lock up.
 */
export function inLockOrder<Row>(byName: Map<string, Row>): Row[] {
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
