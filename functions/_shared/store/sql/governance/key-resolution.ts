import { type Kysely, sql } from 'kysely';
import type { Budget } from '../../governance/budgets.ts';
import type { Stored } from '../../governance/entities.ts';
import type { Keys, ResolvedKey } from '../../governance/keys.ts';
import type { KindName } from '../../governance/kinds.ts';
import type { Tables } from '../tables.ts';
import { type AnyStored, type EntityRow, shapes } from './rows.ts';

/** What a key names, by one look-up of a key each. */
const joins: { kind: KindName; on: string }[] = [
  { kind: 'teams', on: 'teams.team_id = api_keys.team_id' },
  { kind: 'users', on: 'users.user_id = api_keys.user_id' },
  { kind: 'projects', on: 'projects.project_id = api_keys.project_id' },
  {
    kind: 'organizations',
    on: `organizations.organization_id = CASE
      WHEN api_keys.organization_id <> '' THEN api_keys.organization_id
      ELSE teams.organization_id END`,
  },
  {
    kind: 'memberships',
    on: `memberships.group_id = api_keys.team_id AND memberships.user_id = api_keys.user_id
      AND memberships.group_type = 'team'`,
  },
  {
    // A row for each of them; the rest of the rows is the same.
    kind: 'budgets',
    on: `budgets.budget_id IN (api_keys.budget_id, teams.budget_id, users.budget_id,
      projects.budget_id, organizations.budget_id, memberships.budget_id)`,
  },
];

const prefixOf = (kind: KindName) => `${kind}__`;

const selected = (['keys', ...joins.map(({ kind }) => kind)] as KindName[]).flatMap((kind) => {
  const { table, columns } = shapes[kind];
  return Object.keys(columns).map((column) => `${table}.${column} AS "${prefixOf(kind)}${column}"`);
});

const text = `SELECT ${selected.join(', ')} FROM api_keys
  ${joins.map(({ kind, on }) => `LEFT JOIN ${shapes[kind].table} ON ${on}`).join('\n')}
  WHERE api_keys.deleted_at IS NULL AND api_keys.token =`;

export function createKeyResolution(db: Kysely<Tables>): Keys['resolve'] {
  // To put the text together takes as long as to run it.
  const compiled = sql<EntityRow>`${sql.raw(text)} ${''}`.compile(db);
  return async (token) => {
    const { rows } = await db.executeQuery<EntityRow>({ ...compiled, parameters: [token] });
    const [row] = rows;
    if (!row) return null;
    return {
      key: entityIn(row, 'keys'),
      team: entityIn(row, 'teams'),
      user: entityIn(row, 'users'),
      organization: entityIn(row, 'organizations'),
      project: entityIn(row, 'projects'),
      membership: entityIn(row, 'memberships'),
      budgets: rows
        .map((each) => entityIn(each, 'budgets') as unknown as Stored<Budget> | null)
        .filter((budget) => budget !== null),
    } as unknown as ResolvedKey;
  };
}

function entityIn(row: EntityRow, kind: KindName): AnyStored | null {
  const { id, fromRow } = shapes[kind];
  return row[prefixOf(kind) + id] === null ? null : fromRow(row, prefixOf(kind));
}
