import { createHash } from 'node:crypto';
import { z } from 'zod';
import { name } from '../bounds.ts';
import { defineKind, type EntitiesOf, entityId } from './entities.ts';
import { limitFields, names, reference } from './fields.ts';

const groupTypes = ['team', 'organization'] as const;
type GroupType = (typeof groupTypes)[number];

/** A user in a team or an organization, with limits of the user's own there. */
const membership = z
  .strictObject({
    /** `membershipId` of the next three. */
    membership_id: entityId,
    group_type: z.enum(groupTypes),
    group_id: entityId,
    user_id: entityId,
    role: name,
    budget_id: reference,
    models: names.optional(),
    ...limitFields,
  })
  .refine((given) => given.membership_id === membershipId(given), {
    path: ['membership_id'],
    error: 'must be the membershipId of its group and user',
  });
export type Membership = z.infer<typeof membership>;

/** Ids may hold any character, so no plain joining of three is unique. */
export function membershipId(of: {
  group_type: GroupType;
  group_id: string;
  user_id: string;
}): string {
  const names = JSON.stringify([of.group_type, of.group_id, of.user_id]);
  return createHash('sha256').update(names).digest('hex');
}

export const membershipKind = defineKind({
  entity: membership,
  filter: z.strictObject({
    group_type: z.enum(groupTypes).optional(),
    group_id: name.optional(),
    user_id: name.optional(),
    role: name.optional(),
    budget_id: name.optional(),
  }),
  id: 'membership_id',
  name: 'user_id',
  unique: [],
});
export type Memberships = EntitiesOf<typeof membershipKind>;
