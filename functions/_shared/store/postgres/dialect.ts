import { CompiledQuery, type Kysely, sql } from 'kysely';
import type { SqlDialect } from '../sql/dialect.ts';
import { type ColumnType, columnsOf, type Insert, insertText } from '../sql/statements.ts';
import type { Tables } from '../sql/tables.ts';

/** Advisory locks are numbers, of a database's own; these are nobody else's by being odd enough. */
const locks = { migrations: 7_311_840_001, pruning: 7_311_840_002 };

export const postgresDialect: SqlDialect = {
  text: 'text COLLATE "C"',
  bytes: 'bytea',
  serial: 'bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
  passOverHeld: 'FOR UPDATE SKIP LOCKED',
  prepareInsert: prepareColumns,
  async lockMigrations(db) {
    await sql`SELECT pg_advisory_xact_lock(${locks.migrations}::bigint)`.execute(db);
  },
  async takePruning(db) {
    const { rows } = await sql<{ taken: boolean }>`
      SELECT pg_try_advisory_xact_lock(${locks.pruning}::bigint) AS taken`.execute(db);
    return rows[0]?.taken === true;
  },
};

const arrayTypes: Record<ColumnType, string> = {
  text: 'text[]',
  integer: 'integer[]',
  bigint: 'bigint[]',
  'double precision': 'double precision[]',
  bytes: 'bytea[]',
};

/** One statement for any number of rows: each parameter is a column of them. */
function prepareColumns<Row extends object>(insert: Insert<Row>) {
  const columns = columnsOf(insert);
  const arrays = columns.map(([, type], index) => `$${index + 1}::${arrayTypes[type]}`);
  const text = insertText(insert, `SELECT * FROM unnest(${arrays.join(', ')})`);
  return async (db: Kysely<Tables>, rows: Row[]) => {
    if (rows.length === 0) return [];
    const parameters = columns.map(([name]) => rows.map((row) => row[name] ?? null));
    const query = CompiledQuery.raw(text, parameters);
    return (await db.executeQuery<Record<string, unknown>>(query)).rows;
  };
}
