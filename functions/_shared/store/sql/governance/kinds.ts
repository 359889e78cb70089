import type { EntityOf, KindName } from '../../governance/kinds.ts';

export type FieldType = 'text' | 'bigint' | 'flag';

/**
 * Fields that are looked for, joined or ordered by. All others are in `data`, as JSON. The id is the
 * key, and needs no mention.
 */
export const layouts: {
  [Kind in KindName]: {
    table: string;
    columns: { [Field in keyof EntityOf<Kind>]?: FieldType };
  };
} = {
  keys: {
    table: 'api_keys',
    columns: {
      key_alias: 'text',
      team_id: 'text',
      user_id: 'text',
      organization_id: 'text',
      project_id: 'text',
      budget_id: 'text',
      blocked: 'flag',
      expires_at: 'bigint',
    },
  },
  teams: {
    table: 'teams',
    columns: { team_alias: 'text', organization_id: 'text', budget_id: 'text', blocked: 'flag' },
  },
  users: {
    table: 'users',
    columns: {
      user_email: 'text',
      sso_user_id: 'text',
      user_role: 'text',
      organization_id: 'text',
      budget_id: 'text',
      blocked: 'flag',
    },
  },
  organizations: {
    table: 'organizations',
    columns: { organization_alias: 'text', budget_id: 'text', blocked: 'flag' },
  },
  projects: {
    table: 'projects',
    columns: { project_alias: 'text', team_id: 'text', budget_id: 'text', blocked: 'flag' },
  },
  endUsers: {
    table: 'end_users',
    columns: { alias: 'text', budget_id: 'text', blocked: 'flag' },
  },
  memberships: {
    table: 'memberships',
    columns: {
      group_type: 'text',
      group_id: 'text',
      user_id: 'text',
      role: 'text',
      budget_id: 'text',
    },
  },
  budgets: { table: 'budgets', columns: {} },
  tags: { table: 'tags', columns: { budget_id: 'text' } },
  accessGroups: {
    table: 'access_groups',
    columns: { access_group_name: 'text', budget_id: 'text' },
  },
  models: {
    table: 'models',
    columns: { model_name: 'text', team_id: 'text', blocked: 'flag' },
  },
  settings: { table: 'settings', columns: {} },
};
