import { z } from 'zod';
import { name } from '../bounds.ts';
import { defineKind, type EntitiesOf, entityId } from './entities.ts';
import { anyJson, reference } from './fields.ts';
import { openSecretIn } from './secret-names.ts';

/** At least a nonce of 12 bytes and a tag of 16, as base64url. */
const sealedText = z
  .string()
  .max(64 * 1024)
  .regex(/^([A-Za-z0-9_-]{38,})?$/, 'must be sealed (AES-256-GCM), as base64url');

/** A deployment that was added at run time; it lies beside those of config.yaml. */
const model = z.strictObject({
  model_id: entityId,
  model_name: name.min(1),
  /** Whose alone it is; '' for everybody's. */
  team_id: reference,
  blocked: z.boolean(),
  /** Open to whoever reads the store: secrets only as `os.environ/NAME`. */
  litellm_params: anyJson.superRefine((params, context) => {
    const secret = openSecretIn(params);
    if (secret === undefined) return;
    context.addIssue({
      code: 'custom',
      path: [secret],
      message: 'is a secret: put it into sealed_params, or name it as os.environ/NAME',
    });
  }),
  /**
   * Further `litellm_params`, which hold secrets: JSON sealed with a key that the store does not
   * have, '' for none. The store never sees what is in it.
   */
  sealed_params: sealedText,
  model_info: anyJson,
});
export type StoredModel = z.infer<typeof model>;

export const modelKind = defineKind({
  entity: model,
  filter: z.strictObject({
    model_name: name.optional(),
    team_id: name.optional(),
    blocked: z.boolean().optional(),
  }),
  id: 'model_id',
  name: 'model_name',
  unique: [],
});
export type Models = EntitiesOf<typeof modelKind>;
