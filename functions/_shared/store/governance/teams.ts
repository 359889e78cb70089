import { z } from 'zod';
import { name } from '../bounds.ts';
import { defineKind, type EntitiesOf, entityId } from './entities.ts';
import { accessFields, byName, limitFields, names, reference } from './fields.ts';

/** Who belongs to a team, and as what, are memberships. */
const team = z.strictObject({
  team_id: entityId,
  team_alias: name,
  organization_id: reference,
  budget_id: reference,
  blocked: z.boolean(),
  model_aliases: byName(name).optional(),
  team_member_permissions: names.optional(),
  default_team_member_models: names.optional(),
  /** The budget of members that have none of their own. */
  team_member_budget_id: reference.optional(),
  allow_team_guardrail_config: z.boolean().optional(),
  ...accessFields,
  ...limitFields,
});
export type Team = z.infer<typeof team>;

export const teamKind = defineKind({
  entity: team,
  filter: z.strictObject({
    team_alias: name.optional(),
    organization_id: name.optional(),
    budget_id: name.optional(),
    blocked: z.boolean().optional(),
  }),
  id: 'team_id',
  name: 'team_alias',
  unique: [],
});
export type Teams = EntitiesOf<typeof teamKind>;
