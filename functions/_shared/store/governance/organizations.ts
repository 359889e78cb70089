import { z } from 'zod';
import { name } from '../bounds.ts';
import { defineKind, type EntitiesOf, entityId } from './entities.ts';
import { accessFields, limitFields, reference } from './fields.ts';

const organization = z.strictObject({
  organization_id: entityId,
  organization_alias: name,
  budget_id: reference,
  blocked: z.boolean(),
  ...accessFields,
  ...limitFields,
});
export type Organization = z.infer<typeof organization>;

export const organizationKind = defineKind({
  entity: organization,
  filter: z.strictObject({
    organization_alias: name.optional(),
    budget_id: name.optional(),
    blocked: z.boolean().optional(),
  }),
  id: 'organization_id',
  name: 'organization_alias',
  unique: [],
});
export type Organizations = EntitiesOf<typeof organizationKind>;
