import { CompiledQuery } from 'kysely';
import {
  type ColumnType,
  columnsOf,
  type Insert,
  type InsertRows,
  insertText,
} from '../sql/statements.ts';

const arrayTypes: Record<ColumnType, string> = {
  text: 'text[]',
  integer: 'integer[]',
  bigint: 'bigint[]',
  'double precision': 'double precision[]',
  bytes: 'bytea[]',
};

/** One statement for any number of rows: each parameter is a column of them. */
export function prepareColumns<Row extends object>(insert: Insert<Row>): InsertRows<Row> {
  return run(insert, insertText(insert, `SELECT * FROM ${unnested(insert)}`));
}

function unnested<Row extends object>(insert: Insert<Row>): string {
  const arrays = columnsOf(insert).map(([, type], index) => `$${index + 1}::${arrayTypes[type]}`);
  return `unnest(${arrays.join(', ')})`;
}

function run<Row extends object>(insert: Insert<Row>, text: string): InsertRows<Row> {
  const columns = columnsOf(insert);
  return async (db, rows) => {
    if (rows.length === 0) return [];
    const parameters = columns.map(([name]) => rows.map((row) => row[name] ?? null));
    const query = CompiledQuery.raw(text, parameters);
    return (await db.executeQuery<Record<string, unknown>>(query)).rows;
  };
}
