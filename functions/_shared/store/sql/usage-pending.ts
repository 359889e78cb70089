import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { SqlDialect } from './dialect.ts';
import { tagsFromText } from './pending-rows.ts';
import { dimensions } from './rollup-levels.ts';
import { findIds } from './rollup-names.ts';
import type { Sums } from './rollup-sums.ts';
import type { Tables } from './tables.ts';
import type { Span } from './usage-spans.ts';
import { type SumPart, type SumQuery, sumsIn } from './usage-sums.ts';

type Row = Sums & { at: number; grp: number; tags: string; sketches: Buffer };

/** What is not folded yet adds to the sums of a query, in the groups that they are by. */
export async function pendingParts(
  db: Kysely<Tables>,
  dialect: SqlDialect,
  query: SumQuery,
): Promise<SumPart[]> {
  const { spans, by, filter } = query;
  if (spans.length === 0) return [];
  const aboutTags = by === 'tag' || filter.tag !== undefined;
  const none = aboutTags ? (await findIds(db, [''])).get('') : undefined;
  const isOne = spans.length === 1;
  const { rows } = await sql<Row>`
    SELECT ${isOne ? sql.lit(0) : sql.ref('minute')} AS at, ${by && by !== 'tag' ? sql.ref(by) : sql.lit(0)} AS grp,
        ${by === 'tag' ? sql.ref('tags') : sql.lit('')} AS tags, ${sumsIn(dialect)}
      FROM pending_rollups WHERE ${sql.join(conditionsOf(query, none), sql` AND `)}
      GROUP BY 1, 2, 3`.execute(db);
  const groupsOf = ({ at, grp, tags }: Row): number[] => {
    if (!by) return [isOne ? 0 : spans.findIndex(({ from, to }) => from <= at && at < to)];
    if (by !== 'tag') return [grp];
    if (filter.tag !== undefined) return [filter.tag];
    return tags === '' ? [none as number] : tagsFromText(tags);
  };
  return rows.flatMap((row) =>
    groupsOf(row)
      .filter((group) => group >= 0)
      .map((grp) => ({ ...row, grp, times: 1 })),
  );
}

function conditionsOf(
  { spans, filter }: SumQuery,
  none: number | undefined,
): RawBuilder<unknown>[] {
  const [first, last] = [spans[0], spans.at(-1)] as [Span, Span];
  const conditions = [sql`minute >= ${first.from}`, sql`minute < ${last.to}`];
  for (const dimension of dimensions) {
    const id = filter[dimension];
    if (id === undefined) continue;
    if (dimension !== 'tag') conditions.push(sql`${sql.ref(dimension)} = ${id}`);
    else if (id === none) conditions.push(sql`tags = ''`);
    else conditions.push(sql`' ' || tags || ' ' LIKE ${`% ${id} %`}`);
  }
  return conditions;
}
