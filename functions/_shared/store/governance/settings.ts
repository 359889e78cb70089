import { z } from 'zod';
import { defineKind, type EntitiesOf, entityId } from './entities.ts';

const json = z.unknown().refine((value) => value !== undefined, 'must be JSON');

/** What is set at run time, beside what config.yaml says. Never a secret. */
const setting = z.strictObject({ name: entityId, value: json });
export type Setting = z.infer<typeof setting>;

export const settingKind = defineKind({
  entity: setting,
  filter: z.strictObject({}),
  id: 'name',
  name: 'name',
  unique: [],
});
export type Settings = EntitiesOf<typeof settingKind>;
