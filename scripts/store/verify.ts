import { type Kysely, sql } from 'kysely';
import { readBlock } from '../../functions/_shared/store/sql/payload-blocks.ts';
import type { Tables } from '../../functions/_shared/store/sql/tables.ts';
import { placeOf, rowAt, rowsAfter } from './rows.ts';
import type { Row, Table, Value } from './tables.ts';

/** Rows of each table that are read from both and compared, spread over it evenly. */
const sampleSize = 25;

/** The rows of a table, and the sum of each column: of numbers, and of the lengths of the rest. */
export interface TableTotals {
  rows: bigint;
  sums: Map<string, bigint>;
}

type SumRow = { rows: bigint } & Record<string, bigint | null>;

export async function totalsOf(db: Kysely<Tables>, table: Table): Promise<TableTotals> {
  const parts = table.columns.flatMap(({ name, type }, index) => {
    const column = sql.ref(name);
    switch (type) {
      case 'integer':
      case 'bigint':
        // In halves: of a million `seq`s the sum is beyond 64 bits, which SQLite refuses.
        return [
          sql`SUM(CAST(${column} AS bigint) >> 32) AS ${sql.ref(`high_${index}`)}`,
          sql`SUM(CAST(${column} AS bigint) & 4294967295) AS ${sql.ref(`low_${index}`)}`,
        ];
      case 'double precision':
        // A sum of fractions depends on their order.
        return [sql`COUNT(${column}) AS ${sql.ref(`low_${index}`)}`];
      default:
        return [sql`SUM(LENGTH(${column})) AS ${sql.ref(`low_${index}`)}`];
    }
  });
  const { rows } = await sql<SumRow>`
    SELECT COUNT(*) AS rows, ${sql.join(parts)} FROM ${sql.table(table.name)}`.execute(db);
  const row = rows[0] as SumRow;
  const sums = table.columns.map(({ name }, index): [string, bigint] => {
    const high = row[`high_${index}`] ?? 0n;
    const low = row[`low_${index}`] ?? 0n;
    return [name, (high << 32n) + low];
  });
  return { rows: row.rows, sums: new Map(sums) };
}

/** What differs between a table and its copy, as sentences. */
export function differencesOf(name: string, from: TableTotals, to: TableTotals): string[] {
  const found = from.rows === to.rows ? [] : [`${name} has ${from.rows} rows, its copy ${to.rows}`];
  for (const [column, sum] of from.sums) {
    const other = to.sums.get(column);
    if (sum !== other) found.push(`${name}.${column} adds up to ${sum}, its copy to ${other}`);
  }
  return found;
}

/** Reads rows from both and compares them byte by byte; payloads are unpacked as well. */
export async function compareSample(
  from: Kysely<Tables>,
  to: Kysely<Tables>,
  table: Table,
  count: number,
): Promise<string[]> {
  const found: string[] = [];
  const size = Math.min(sampleSize, count);
  for (let index = 0; index < size; index++) {
    const skip = Math.floor((index * count) / size);
    const [row] = await rowsAfter(from, table, { after: null, limit: 1, skip });
    if (!row) continue;
    const place = placeOf(table, row);
    const copy = await rowAt(to, table, place);
    const differing = table.columns.filter(({ name }) => !isSame(row[name], copy?.[name]));
    for (const { name } of differing) found.push(`${table.name}.${name} differs in row ${place}`);
    if (table.name === 'payload_blocks' && copy) await readBlock(copy.bytes as Buffer);
  }
  return found;
}

function isSame(one: Row[string] | undefined, other: Value | undefined): boolean {
  if (one instanceof Uint8Array && other instanceof Uint8Array) {
    return Buffer.compare(one, other) === 0;
  }
  // One database says BigInt of a number that fits an int4, the other does not.
  return one === other || (one != null && other != null && String(one) === String(other));
}
