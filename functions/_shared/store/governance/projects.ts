import { z } from 'zod';
import { name } from '../bounds.ts';
import { defineKind, type EntitiesOf, entityId } from './entities.ts';
import { accessFields, limitFields, reference } from './fields.ts';

const project = z.strictObject({
  project_id: entityId,
  project_alias: name,
  team_id: reference,
  budget_id: reference,
  blocked: z.boolean(),
  description: z.string().max(4096).optional(),
  ...accessFields,
  ...limitFields,
});
export type Project = z.infer<typeof project>;

export const projectKind = defineKind({
  entity: project,
  filter: z.strictObject({
    project_alias: name.optional(),
    team_id: name.optional(),
    budget_id: name.optional(),
    blocked: z.boolean().optional(),
  }),
  id: 'project_id',
  name: 'project_alias',
  unique: [],
});
export type Projects = EntitiesOf<typeof projectKind>;
