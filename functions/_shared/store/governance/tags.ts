import { z } from 'zod';
import { name } from '../bounds.ts';
import { defineKind, type EntitiesOf, entityId } from './entities.ts';
import { accessFields, anyJson, limitFields, reference } from './fields.ts';

const tag = z.strictObject({
  tag_name: entityId,
  description: z.string().max(4096),
  budget_id: reference,
  model_info: anyJson.optional(),
  ...accessFields,
  ...limitFields,
});
export type Tag = z.infer<typeof tag>;

export const tagKind = defineKind({
  entity: tag,
  filter: z.strictObject({ budget_id: name.optional() }),
  id: 'tag_name',
  name: 'tag_name',
  unique: [],
});
export type Tags = EntitiesOf<typeof tagKind>;
