import { z } from 'zod';
import { name } from '../bounds.ts';
import { defineKind, type EntitiesOf, entityId } from './entities.ts';
import { limitFields, names, reference } from './fields.ts';

/** Models under one name, which keys and teams are given by `access_group_ids`. */
const accessGroup = z.strictObject({
  access_group_id: entityId,
  access_group_name: name.min(1),
  description: z.string().max(4096),
  access_model_names: names,
  budget_id: reference,
  ...limitFields,
});
export type AccessGroup = z.infer<typeof accessGroup>;

export const accessGroupKind = defineKind({
  entity: accessGroup,
  filter: z.strictObject({
    access_group_name: name.optional(),
    budget_id: name.optional(),
  }),
  id: 'access_group_id',
  name: 'access_group_name',
  unique: ['access_group_name'],
});
export type AccessGroups = EntitiesOf<typeof accessGroupKind>;
