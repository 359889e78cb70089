import { type Compilable, CompiledQuery, type Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/**
 * An insert that is compiled once and run for many rows: building it anew takes longer than
 * SQLite needs to run it. `columns` is the order of the parameters.
 */
export function prepareInsert<Row extends object>(
  columns: (keyof Row & string)[],
  build: (placeholder: Row) => Compilable,
) {
  const placeholder = Object.fromEntries(columns.map((column) => [column, null])) as Row;
  const text = build(placeholder).compile().sql;
  return async function run(db: Kysely<Tables>, row: Row) {
    const parameters = columns.map((column) => row[column] ?? null);
    return db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text, parameters));
  };
}
