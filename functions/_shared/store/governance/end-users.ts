import { z } from 'zod';
import { name } from '../bounds.ts';
import { defineKind, type EntitiesOf, entityId } from './entities.ts';
import { accessFields, limitFields, reference } from './fields.ts';

/** A customer: whom a call names as its `user`. */
const endUser = z.strictObject({
  user_id: entityId,
  alias: name,
  budget_id: reference,
  blocked: z.boolean(),
  allowed_model_region: z.string().max(32).optional(),
  default_model: name.optional(),
  ...accessFields,
  ...limitFields,
});
export type EndUser = z.infer<typeof endUser>;

export const endUserKind = defineKind({
  entity: endUser,
  filter: z.strictObject({
    alias: name.optional(),
    budget_id: name.optional(),
    blocked: z.boolean().optional(),
  }),
  id: 'user_id',
  name: 'alias',
  unique: [],
});
export type EndUsers = EntitiesOf<typeof endUserKind>;
