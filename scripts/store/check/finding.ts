import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Tables } from '../../../functions/_shared/store/sql/tables.ts';
import type { Books } from '../books.ts';

/** Looks at the books of one moment, and says what is wrong with them, a sentence each. */
export type Check = (books: Books) => Promise<string[]>;

/** The sentence for rows that should not be, with where the first is; none if there are none. */
export async function findRows(
  db: Kysely<Tables>,
  /** Gives a row's number as `place`. */
  query: RawBuilder<unknown>,
  what: string,
): Promise<string[]> {
  const { rows } = await sql<{ count: bigint; first: bigint | null }>`
    SELECT COUNT(*) AS count, MIN(place) AS first FROM (${query}) AS found`.execute(db);
  const [row] = rows;
  return row && row.count > 0 ? [`${row.count} ${what}, first at ${row.first}`] : [];
}
