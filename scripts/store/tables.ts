import { type Kysely, sql } from 'kysely';
import type { ColumnType } from '../../functions/_shared/store/sql/statements.ts';
import type { Tables } from '../../functions/_shared/store/sql/tables.ts';
import type { Books } from './books.ts';

export interface Column {
  name: string;
  type: ColumnType;
  /** Counted up by the database itself. */
  identity: boolean;
}

export interface Table {
  name: string;
  columns: Column[];
  /** The columns of its primary key, in the key's order. */
  key: Column[];
}

/** A value of a row as an exact connection gives it. */
export type Value = string | number | bigint | Uint8Array | null;
export type Row = Record<string, Value>;

/** Of the copy itself, and of the database's life; neither is copied. */
const apart = new Set(['migrations', 'copy_progress']);

/** Every table that the database has, as the database tells, so that a new one is never left out. */
export async function tablesOf({ db, kind }: Books): Promise<Table[]> {
  const columns = await (kind === 'SQLite' ? sqliteColumns(db) : postgresColumns(db));
  return [...Map.groupBy(columns, ({ table }) => table)]
    .filter(([name]) => !apart.has(name))
    .map(([name, all]) => ({
      name,
      columns: all.map(toColumn),
      key: all
        .filter(({ place }) => place !== null)
        .sort((a, b) => Number(a.place) - Number(b.place))
        .map(toColumn),
    }));
}

interface ColumnRow {
  table: string;
  name: string;
  type: string;
  /** Within the primary key. */
  place: bigint | number | null;
  identity: bigint | number | boolean;
}

const types: Record<string, ColumnType> = {
  text: 'text',
  integer: 'integer',
  bigint: 'bigint',
  'double precision': 'double precision',
  blob: 'bytes',
  bytea: 'bytes',
};

function toColumn({ table, name, type, identity }: ColumnRow): Column {
  const known = types[type.toLowerCase()];
  if (!known) throw new Error(`${table}.${name} is ${type}, which no table of the books has.`);
  return { name, type: known, identity: Boolean(identity) };
}

async function sqliteColumns(db: Kysely<Tables>): Promise<ColumnRow[]> {
  const { rows } = await sql<ColumnRow>`
    SELECT tables.name AS "table", columns.name, columns.type, NULLIF(columns.pk, 0) AS place,
        0 AS identity
      FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
      WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%'
      ORDER BY tables.name, columns.cid`.execute(db);
  return rows;
}

/** Partitions are a matter of the database: the rows are their parent's. */
async function postgresColumns(db: Kysely<Tables>): Promise<ColumnRow[]> {
  const { rows } = await sql<ColumnRow>`
    SELECT tables.relname AS "table", columns.attname AS name,
        format_type(columns.atttypid, columns.atttypmod) AS type,
        array_position(keys.indkey::smallint[], columns.attnum) AS place,
        columns.attidentity <> '' AS identity
      FROM pg_class AS tables
      JOIN pg_attribute AS columns ON columns.attrelid = tables.oid
        AND columns.attnum > 0 AND NOT columns.attisdropped
      LEFT JOIN pg_index AS keys ON keys.indrelid = tables.oid AND keys.indisprimary
      WHERE tables.relnamespace = current_schema()::regnamespace
        AND tables.relkind IN ('r', 'p') AND NOT tables.relispartition
      ORDER BY tables.relname, columns.attnum`.execute(db);
  return rows;
}

/** Throws unless both have the same tables with the same columns and keys. */
export function needSameTables(from: Table[], to: Table[]): void {
  const shapeOf = ({ name, columns, key }: Table) =>
    `${name} (${columns.map((column) => column.name).sort()}; ${key.map((column) => column.name)})`;
  const [ours, theirs] = [from.map(shapeOf), to.map(shapeOf)];
  const differing = [
    ...ours.filter((shape) => !theirs.includes(shape)),
    ...theirs.filter((shape) => !ours.includes(shape)),
  ];
  if (differing.length > 0) {
    throw new Error(`The databases have different tables: ${differing.join('; ')}.`);
  }
  const keyless = from.filter(({ key }) => key.length === 0).map(({ name }) => name);
  if (keyless.length > 0) throw new Error(`Without a primary key: ${keyless.join(', ')}.`);
}

/** Columns for a statement: all of a table, or its key. */
export const listOf = (columns: Column[]) => sql.join(columns.map(({ name }) => sql.ref(name)));
