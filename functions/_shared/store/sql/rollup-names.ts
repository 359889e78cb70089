import type { Kysely } from 'kysely';
import type { SqlDialect } from './dialect.ts';
import { type Insert, inLockOrder } from './statements.ts';
import type { RollupNamesTable, Tables } from './tables.ts';

type NewName = Pick<RollupNamesTable, 'name'>;

const newNames: Insert<NewName> = {
  into: 'rollup_names',
  columns: { name: 'text' },
  ending: 'ON CONFLICT (name) DO NOTHING RETURNING name_id, name',
};

/** Names that are remembered; a producer of new ones without end must not fill the memory. */
const mostKnown = 20_000;
/** As many as a statement takes. */
const atOnce = 500;

/**
 * Numbers for the names of keys, models and so on. They stand in every row of the rollups several
 * times over, and keys are long. A name is never deleted, so its number means nothing else, ever.
 */
export function createRollupNames(dialect: SqlDialect) {
  const insertNames = dialect.prepareInsert(newNames);
  const known = new Map<string, number>();

  return {
    /** The number of each name; makes those that are not there yet. */
    async idsFor(
      transaction: Kysely<Tables>,
      names: Iterable<string>,
    ): Promise<Map<string, number>> {
      const ids = new Map<string, number>();
      const missing = new Set<string>();
      for (const name of names) {
        const id = known.get(name);
        if (id === undefined) missing.add(name);
        else ids.set(name, id);
      }
      if (missing.size === 0) return ids;
      if (known.size + missing.size > mostKnown) known.clear();
      // Only what was there before is remembered: what this transaction makes may be undone, and
      // its number be given to another name.
      for (const [name, id] of await findIds(transaction, [...missing])) {
        ids.set(name, id);
        known.set(name, id);
        missing.delete(name);
      }
      const rows = inLockOrder(new Map([...missing].map((name) => [name, { name }])));
      for (const { name_id, name } of await insertNames(transaction, rows)) {
        ids.set(String(name), Number(name_id));
        missing.delete(String(name));
      }
      // Another transaction made them meanwhile.
      for (const [name, id] of await findIds(transaction, [...missing])) ids.set(name, id);
      return ids;
    },
  };
}

export async function findIds(db: Kysely<Tables>, names: string[]): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (let from = 0; from < names.length; from += atOnce) {
    const some = names.slice(from, from + atOnce);
    const rows = await db
      .selectFrom('rollup_names')
      .selectAll()
      .where('name', 'in', some)
      .execute();
    for (const { name_id, name } of rows) found.set(name, name_id);
  }
  return found;
}

export async function namesOfIds(db: Kysely<Tables>, ids: number[]): Promise<Map<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('rollup_names')
    .selectAll()
    .where('name_id', 'in', ids)
    .execute();
  return new Map(rows.map(({ name_id, name }) => [name_id, name]));
}
