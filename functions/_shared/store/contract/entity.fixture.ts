import { createHash, randomUUID } from 'node:crypto';
import type { Actor } from '../governance/entities.ts';
import type { EntityOf, KindName } from '../governance/kinds.ts';
import { membershipId } from '../governance/memberships.ts';

export const admin: Actor = { changed_by: 'admin', changed_by_api_key: '' };

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** An id that nothing has yet. */
export const anId = (kind: KindName, mark = ''): string =>
  kind === 'keys' ? sha256(randomUUID()) : `${mark}${randomUUID()}`;

const limits = {
  max_budget_nanos: 1_500_000_000,
  soft_budget_nanos: 0,
  budget_duration: '1mo',
  budget_limits: [{ max_budget_nanos: 5, budget_duration: '1d', budget_time_zone: 'Asia/Tokyo' }],
  model_max_budget: { 'gpt-4o': { max_budget_nanos: 7 } },
  spend_offset_nanos: -3,
  rpm_limit: 10,
};
const access = {
  models: ['gpt-4o', 'كلود'],
  metadata: { note: 'שלום', deep: [{ a: null }] },
};
const owners = { team_id: '', user_id: '', organization_id: '', project_id: '', budget_id: '' };

/** An entity with fields of every sort. Whoever gives a mark finds it by the mark again. */
export function anEntity(kind: KindName, mark = ''): Record<string, unknown> {
  return makers[kind](mark);
}

export function aKey(fields: Partial<EntityOf<'keys'>> = {}): EntityOf<'keys'> {
  return {
    token: anId('keys'),
    key_name: 'sk-...abcd',
    key_alias: '',
    ...owners,
    blocked: false,
    expires_at: null,
    ...fields,
  };
}

const makers: { [Kind in KindName]: (mark: string) => EntityOf<Kind> } = {
  keys: (mark) => ({ ...aKey({ team_id: mark, expires_at: 9 }), ...limits, ...access }),
  teams: (mark) => ({
    team_id: anId('teams', mark),
    team_alias: 'One name of many',
    organization_id: '',
    budget_id: '',
    blocked: true,
    ...limits,
    ...access,
  }),
  users: (mark) => ({
    user_id: anId('users', mark),
    user_alias: 'עדה',
    user_email: 'ada@example.com',
    sso_user_id: '',
    user_role: 'internal_user',
    organization_id: '',
    budget_id: '',
    blocked: false,
    ...limits,
    ...access,
  }),
  organizations: (mark) => ({
    organization_id: anId('organizations', mark),
    organization_alias: '🦊',
    budget_id: '',
    blocked: false,
    ...limits,
    ...access,
  }),
  projects: (mark) => ({
    project_id: anId('projects', mark),
    project_alias: '',
    team_id: '',
    budget_id: '',
    blocked: false,
    ...limits,
    ...access,
  }),
  endUsers: (mark) => ({
    user_id: anId('endUsers', mark),
    alias: '',
    budget_id: '',
    blocked: false,
    default_model: 'm',
    ...limits,
    ...access,
  }),
  memberships: (mark) => {
    const of = {
      group_type: 'team' as const,
      group_id: anId('teams'),
      user_id: anId('users', mark),
    };
    return { membership_id: membershipId(of), ...of, role: 'admin', budget_id: '', ...limits };
  },
  budgets: (mark) => ({ budget_id: anId('budgets', mark), ...limits }),
  tags: (mark) => ({ tag_name: anId('tags', mark), description: '', budget_id: '', ...limits }),
  accessGroups: (mark) => ({
    access_group_id: anId('accessGroups', mark),
    access_group_name: randomUUID(),
    description: '',
    access_model_names: ['gpt-4o'],
    budget_id: '',
    ...limits,
  }),
  models: (mark) => ({
    model_id: anId('models', mark),
    model_name: 'gpt-4o',
    team_id: '',
    blocked: false,
    litellm_params: { model: 'openai/gpt-4o', api_key: 'os.environ/OPENAI_API_KEY' },
    sealed_params: 'x'.repeat(40),
    model_info: { mode: 'chat' },
  }),
  settings: (mark) => ({ name: anId('settings', mark), value: { any: ['json', 1, null] } }),
};
