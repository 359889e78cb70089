import { z } from 'zod';
import { defineKind, type EntitiesOf, entityId } from './entities.ts';
import { limitFields, names } from './fields.ts';

/** Limits that several entities share by their `budget_id`. */
const budget = z.strictObject({
  budget_id: entityId,
  allowed_models: names.optional(),
  ...limitFields,
});
export type Budget = z.infer<typeof budget>;

export const budgetKind = defineKind({
  entity: budget,
  filter: z.strictObject({}),
  id: 'budget_id',
  name: 'budget_id',
  unique: [],
});
export type Budgets = EntitiesOf<typeof budgetKind>;
