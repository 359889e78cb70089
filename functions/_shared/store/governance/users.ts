import { z } from 'zod';
import { name } from '../bounds.ts';
import { defineKind, type EntitiesOf, entityId } from './entities.ts';
import { accessFields, limitFields, reference } from './fields.ts';

export const userRoles = [
  'proxy_admin',
  'proxy_admin_viewer',
  'internal_user',
  'internal_user_viewer',
] as const;

/** An internal user. */
const user = z.strictObject({
  user_id: entityId,
  user_alias: name,
  user_email: name,
  /** The identity provider's name for the user. */
  sso_user_id: name,
  user_role: z.enum(userRoles),
  organization_id: reference,
  budget_id: reference,
  blocked: z.boolean(),
  ...accessFields,
  ...limitFields,
});
export type User = z.infer<typeof user>;

export const userKind = defineKind({
  entity: user,
  filter: z.strictObject({
    user_email: name.optional(),
    sso_user_id: name.optional(),
    user_role: z.enum(userRoles).optional(),
    organization_id: name.optional(),
    budget_id: name.optional(),
    blocked: z.boolean().optional(),
  }),
  id: 'user_id',
  name: 'user_email',
  unique: ['sso_user_id'],
});
export type Users = EntitiesOf<typeof userKind>;
