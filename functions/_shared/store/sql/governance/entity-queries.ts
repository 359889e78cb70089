import { type Kysely, sql } from 'kysely';
import type { Cursor, Entities, EntityFilter, EntityQuery } from '../../governance/entities.ts';
import { allOf, type Condition, contains } from '../conditions.ts';
import type { Tables } from '../tables.ts';
import {
  type AnyEntity,
  type AnyStored,
  type EntityRow,
  type EntityShape,
  toColumn,
} from './rows.ts';

export type AnyFilter = EntityFilter<Record<string, unknown>>;
type Queries = Omit<Entities<AnyEntity, Record<string, unknown>>, 'put' | 'remove'>;

export async function entitiesById(
  db: Kysely<Tables>,
  { table, id, fromRow }: EntityShape,
  ids: string[],
): Promise<AnyStored[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<EntityRow>`
    SELECT * FROM ${sql.table(table)} WHERE ${sql.ref(id)} IN (${sql.join(ids)})`.execute(db);
  return rows.map((row) => fromRow(row));
}

export function createEntityQueries(db: Kysely<Tables>, shape: EntityShape): Queries {
  const table = sql.table(shape.table);
  const id = sql.ref(shape.id);

  const getMany = (ids: string[]) => entitiesById(db, shape, ids);

  return {
    getMany,
    get: async (one) => (await getMany([one]))[0] ?? null,

    async list({ filter, order, limit, after }: EntityQuery<Record<string, unknown>>) {
      const column = order === 'name' ? shape.name : 'created_at';
      // Few lie before a time, and its index finds them; it would not be used for that of the order.
      const isNarrow = order !== 'name' && Object.keys(filter).some(isBefore);
      const by = isNarrow ? sql`${sql.ref(column)} + 0` : sql.ref(column);
      const conditions = conditionsOf(shape, filter);
      const [beyond, direction] = order === 'newest' ? ['<', 'DESC'] : ['>', 'ASC'];
      if (after) {
        conditions.push(sql`(${by}, ${id}) ${sql.raw(beyond)} (${after.value}, ${after.id})`);
      }
      const { rows } = await sql<EntityRow>`
        SELECT * FROM ${table} WHERE ${allOf(conditions)}
        ORDER BY ${by} ${sql.raw(direction)}, ${id} ${sql.raw(direction)}
        LIMIT ${limit + 1}`.execute(db);
      const page = rows.slice(0, limit).map((row) => shape.fromRow(row));
      const last = page.at(-1);
      const next =
        rows.length > limit && last
          ? { value: last[column] as Cursor['value'], id: last[shape.id] as string }
          : null;
      return { rows: page, next };
    },

    async count(filter) {
      const { rows } = await sql<{ count: number }>`
        SELECT COUNT(*) AS count FROM ${table}
        WHERE ${allOf(conditionsOf(shape, filter))}`.execute(db);
      return rows[0]?.count ?? 0;
    },
  };
}

const before = '_before';
const isBefore = (name: string) => name.endsWith(before);

function conditionsOf(shape: EntityShape, filter: AnyFilter): Condition[] {
  const { search, deleted, ...fields } = filter;
  const conditions: Condition[] = [deleted ? sql`deleted_at IS NOT NULL` : sql`deleted_at IS NULL`];
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    // Partial indexes are used only where the query says, in so many words, what is in them.
    if (isBefore(name)) {
      conditions.push(sql`${sql.ref(name.slice(0, -before.length))} < ${value}`);
    } else if (typeof value === 'boolean') {
      conditions.push(sql`${sql.ref(name)} = ${sql.lit(toColumn(value))}`);
    } else {
      conditions.push(sql`${sql.ref(name)} = ${value}`);
      if (value !== '') conditions.push(sql`${sql.ref(name)} <> ''`);
    }
  }
  if (search !== undefined) {
    const part = search.toLowerCase();
    const found = [...new Set([shape.id, shape.name])].map((name) =>
      contains(sql`lower(${sql.ref(name)})`, part),
    );
    conditions.push(sql`(${sql.join(found, sql` OR `)})`);
  }
  return conditions;
}
