import { type RawBuilder, sql } from 'kysely';

export type Condition = RawBuilder<boolean>;

/** LIKE's own signs are taken as they are. */
export function contains(text: RawBuilder<unknown>, part: string): Condition {
  const pattern = `%${part.replace(/[\\%_]/g, '\\$&')}%`;
  return sql`${text} LIKE ${pattern} ESCAPE '\\'`;
}

export function allOf(conditions: Condition[]): Condition {
  return conditions.length === 0 ? sql`1 = 1` : sql`${sql.join(conditions, sql` AND `)}`;
}
