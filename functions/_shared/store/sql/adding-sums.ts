import type { Kysely } from 'kysely';
import type { SqlDialect } from './dialect.ts';
import { noSums, type Sums, sumColumns } from './rollup-sums.ts';
import { joinBytes } from './sketch.ts';
import type { Insert } from './statements.ts';
import type { Tables } from './tables.ts';

/** Sketches grow by each write. One in so many makes those short again that are longer than this. */
const joinEvery = 16;
const joinFrom = 128;

/** Adds rows of sums to those of the same key that are there, in the order that they are given in. */
export function createAdding<Row extends Sums & { sketches: Buffer }>(
  dialect: SqlDialect,
  { into, columns, key }: Pick<Insert<Row>, 'into' | 'columns'> & { key: readonly string[] },
) {
  const onConflict = `ON CONFLICT (${key.join(', ')}) DO UPDATE SET`;
  const add = `${onConflict}
    ${sumColumns.map((column) => `${column} = ${into}.${column} + excluded.${column}`).join(', ')},
    sketches = ${dialect.joined(`${into}.sketches`, 'excluded.sketches')}`;
  const prepare = (ending: string) => dialect.prepareInsert<Row>({ into, columns, ending });
  const addRows = prepare(add);
  const addAndReturn = prepare(`${add} RETURNING ${[...key, 'sketches'].join(', ')}`);
  const putSketches = prepare(`${onConflict} sketches = excluded.sketches`);
  let writes = 0;

  return async (transaction: Kysely<Tables>, rows: Row[]): Promise<void> => {
    if (writes++ % joinEvery > 0) {
      await addRows(transaction, rows);
      return;
    }
    const added = (await addAndReturn(transaction, rows)) as unknown as Row[];
    // These rows are ours until the transaction ends.
    const long = added.filter(({ sketches }) => sketches.length >= joinFrom);
    await putSketches(
      transaction,
      long.map((row) => ({ ...row, ...noSums(), sketches: joinBytes(row.sketches) })),
    );
  };
}
