import { type Kysely, sql } from 'kysely';
import type { SqlDialect } from '../dialect.ts';
import type { Tables } from '../tables.ts';

/** Keys, and all that they belong to; models, settings, the cache, the audit log. */
export async function addGovernance(db: Kysely<Tables>, dialect: SqlDialect): Promise<void> {
  const { text, bytes, clustered } = dialect;
  const blocked = 'blocked integer NOT NULL';

  /**
   * A table of entities, listed by time and by name. The name of some is their id. All lists are
   * of the living or of the removed, and count without a look at the rows.
   */
  const entities = (table: string, id: string, columns: string[], name: string) => [
    `CREATE TABLE ${table} (
      ${[
        `${id} ${text} PRIMARY KEY`,
        'version bigint NOT NULL',
        `created_at bigint NOT NULL, created_by ${text} NOT NULL`,
        `updated_at bigint NOT NULL, updated_by ${text} NOT NULL`,
        `deleted_at bigint, deleted_by ${text} NOT NULL`,
        ...columns,
        `data ${text} NOT NULL`,
      ].join(', ')})`,
    `CREATE INDEX ${table}_by_time ON ${table} (created_at, ${id}) WHERE deleted_at IS NULL`,
    `CREATE INDEX ${table}_deleted ON ${table} (created_at, ${id}) WHERE deleted_at IS NOT NULL`,
    ...(name === id
      ? []
      : [`CREATE INDEX ${table}_by_name ON ${table} (${name}, ${id}) WHERE deleted_at IS NULL`]),
    ...(columns.includes(blocked)
      ? [
          `CREATE INDEX ${table}_blocked ON ${table} (created_at, ${id}) WHERE blocked = 1 AND deleted_at IS NULL`,
        ]
      : []),
  ];
  const by = (table: string, id: string, ...columns: string[]) =>
    columns.map(
      (column) =>
        `CREATE INDEX ${table}_by_${column} ON ${table} (${column}, created_at, ${id}) WHERE ${column} <> '' AND deleted_at IS NULL`,
    );
  const unique = (table: string, column: string) =>
    `CREATE UNIQUE INDEX ${table}_unique_${column} ON ${table} (${column}) WHERE ${column} <> '' AND deleted_at IS NULL`;
  const texts = (...columns: string[]) => columns.map((column) => `${column} ${text} NOT NULL`);
  const keyOwners = ['team_id', 'user_id', 'organization_id', 'project_id', 'budget_id'];
  const statements = [
    ...entities(
      'api_keys',
      'token',
      [...texts('key_alias', ...keyOwners), blocked, 'expires_at bigint'],
      'key_alias',
    ),
    ...by('api_keys', 'token', ...keyOwners),
    unique('api_keys', 'key_alias'),
    'CREATE INDEX api_keys_by_expiry ON api_keys (expires_at) WHERE deleted_at IS NULL',

    ...entities(
      'teams',
      'team_id',
      [...texts('team_alias', 'organization_id', 'budget_id'), blocked],
      'team_alias',
    ),
    ...by('teams', 'team_id', 'organization_id', 'budget_id'),

    ...entities(
      'users',
      'user_id',
      [...texts('user_email', 'sso_user_id', 'user_role', 'organization_id', 'budget_id'), blocked],
      'user_email',
    ),
    ...by('users', 'user_id', 'organization_id', 'budget_id'),
    unique('users', 'sso_user_id'),

    ...entities(
      'organizations',
      'organization_id',
      [...texts('organization_alias', 'budget_id'), blocked],
      'organization_alias',
    ),
    ...by('organizations', 'organization_id', 'budget_id'),

    ...entities(
      'projects',
      'project_id',
      [...texts('project_alias', 'team_id', 'budget_id'), blocked],
      'project_alias',
    ),
    ...by('projects', 'project_id', 'team_id', 'budget_id'),

    ...entities('end_users', 'user_id', [...texts('alias', 'budget_id'), blocked], 'alias'),
    ...by('end_users', 'user_id', 'budget_id'),

    ...entities(
      'memberships',
      'membership_id',
      texts('group_type', 'group_id', 'user_id', 'role', 'budget_id'),
      'user_id',
    ),
    ...by('memberships', 'membership_id', 'budget_id'),
    'CREATE UNIQUE INDEX memberships_by_group ON memberships (group_id, user_id, group_type)',

    ...entities('budgets', 'budget_id', [], 'budget_id'),

    ...entities('tags', 'tag_name', texts('budget_id'), 'tag_name'),
    ...by('tags', 'tag_name', 'budget_id'),

    ...entities(
      'access_groups',
      'access_group_id',
      texts('access_group_name', 'budget_id'),
      'access_group_name',
    ),
    ...by('access_groups', 'access_group_id', 'budget_id'),
    unique('access_groups', 'access_group_name'),

    ...entities('models', 'model_id', [...texts('model_name', 'team_id'), blocked], 'model_name'),
    ...by('models', 'model_id', 'team_id'),

    ...entities('settings', 'name', [], 'name'),

    `CREATE TABLE audit_log (
      id ${text} PRIMARY KEY, updated_at bigint NOT NULL,
      changed_by ${text} NOT NULL, changed_by_api_key ${text} NOT NULL,
      action ${text} NOT NULL, kind ${text} NOT NULL, object_id ${text} NOT NULL,
      before_value ${text} NOT NULL, updated_values ${text} NOT NULL)`,
    'CREATE INDEX audit_log_by_time ON audit_log (updated_at, id)',
    'CREATE INDEX audit_log_by_object ON audit_log (object_id, updated_at, id)',
    'CREATE INDEX audit_log_by_actor ON audit_log (changed_by, updated_at, id)',

    `CREATE TABLE changes (
      seq bigint NOT NULL, kind ${text} NOT NULL, id ${text} NOT NULL, changed_at bigint NOT NULL,
      PRIMARY KEY (seq)) ${clustered}`,
    `CREATE TABLE change_counter (
      id integer PRIMARY KEY, seq bigint NOT NULL, forgotten bigint NOT NULL)`,

    `CREATE TABLE cache (
      namespace ${text} NOT NULL, key ${text} NOT NULL,
      put_at bigint NOT NULL, expires_at bigint, size bigint NOT NULL, value ${bytes} NOT NULL,
      PRIMARY KEY (namespace, key))`,
    'CREATE INDEX cache_by_age ON cache (put_at, size)',
    'CREATE INDEX cache_by_expiry ON cache (expires_at) WHERE expires_at IS NOT NULL',
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
