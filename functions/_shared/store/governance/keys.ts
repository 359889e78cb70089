import { z } from 'zod';
import { name, time } from '../bounds.ts';
import type { GroupMethods } from '../method.ts';
import type { Budget } from './budgets.ts';
import { defineKind, type EntitiesOf, entityMethods, type Stored } from './entities.ts';
import { accessFields, limitFields, reference, rotationFields } from './fields.ts';
import type { Membership } from './memberships.ts';
import type { Organization } from './organizations.ts';
import type { Project } from './projects.ts';
import type { Team } from './teams.ts';
import type { User } from './users.ts';

/** A virtual key, by its SHA-256 in hex (`hashApiKey`). The key itself is nowhere in the store. */
const token = z.string().regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of a key, in lower-case hex');

const key = z.strictObject({
  token,
  /** `sk-...abcd`, so that people can tell keys apart. */
  key_name: z.string().max(32),
  key_alias: name,
  team_id: reference,
  user_id: reference,
  organization_id: reference,
  project_id: reference,
  budget_id: reference,
  agent_id: reference.optional(),
  blocked: z.boolean(),
  expires_at: time.nullable(),
  key_type: z.enum(['llm_api', 'management', 'read_only', 'default']).optional(),
  ...accessFields,
  ...limitFields,
  ...rotationFields,
  /** Of a key that was regenerated. The old one holds until its `expires_at`, the end of grace. */
  replaced_by: token.optional(),
  replaces: token.optional(),
});
export type Key = z.infer<typeof key>;

export const keyKind = defineKind({
  entity: key,
  filter: z.strictObject({
    key_alias: name.optional(),
    team_id: name.optional(),
    user_id: name.optional(),
    organization_id: name.optional(),
    project_id: name.optional(),
    budget_id: name.optional(),
    blocked: z.boolean().optional(),
    expires_at_before: time.optional(),
  }),
  id: 'token',
  name: 'key_alias',
  unique: ['key_alias'],
});

/**
 * A key and all that limits it. What the key names is null if there never was one, and has its
 * `deleted_at` if it was removed.
 */
export interface ResolvedKey {
  key: Stored<Key>;
  team: Stored<Team> | null;
  user: Stored<User> | null;
  /** The key's own; else its team's. */
  organization: Stored<Organization> | null;
  project: Stored<Project> | null;
  /** The user's in the team. */
  membership: Stored<Membership> | null;
  /** All that the above name by `budget_id`. */
  budgets: Stored<Budget>[];
}

export interface Keys extends EntitiesOf<typeof keyKind> {
  /**
   * The key of this hash, in one query. Null if there is none or it was removed; one that is blocked
   * or has expired is found.
   */
  resolve(token: string): Promise<ResolvedKey | null>;
}

export const keys: GroupMethods<Keys> = {
  ...entityMethods(keyKind),
  resolve: { access: 'read', args: [token] },
};
