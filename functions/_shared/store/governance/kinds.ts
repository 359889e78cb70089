import type { z } from 'zod';
import { accessGroupKind } from './access-groups.ts';
import { budgetKind } from './budgets.ts';
import { endUserKind } from './end-users.ts';
import { keyKind } from './keys.ts';
import { membershipKind } from './memberships.ts';
import { modelKind } from './models.ts';
import { organizationKind } from './organizations.ts';
import { projectKind } from './projects.ts';
import { settingKind } from './settings.ts';
import { tagKind } from './tags.ts';
import { teamKind } from './teams.ts';
import { userKind } from './users.ts';

/** Each kind of entity under the name of its group. */
export const kinds = {
  keys: keyKind,
  teams: teamKind,
  users: userKind,
  organizations: organizationKind,
  projects: projectKind,
  endUsers: endUserKind,
  memberships: membershipKind,
  budgets: budgetKind,
  tags: tagKind,
  accessGroups: accessGroupKind,
  models: modelKind,
  settings: settingKind,
};

export type KindName = keyof typeof kinds;
export type EntityOf<Kind extends KindName> = z.infer<(typeof kinds)[Kind]['entity']>;
export type FilterOf<Kind extends KindName> = z.infer<(typeof kinds)[Kind]['filter']>;

export const kindNames = Object.keys(kinds) as KindName[];
