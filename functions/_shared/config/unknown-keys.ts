import { z } from 'zod';

/**
 * The keys of `given` that `schema` has no place for, as dotted paths (`litellm_settings.cache`).
 * zod drops such keys in silence; a reader of a config file wants to hear of them.
 */
export function unknownKeys(schema: z.ZodType, given: unknown, path = ''): string[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray && Array.isArray(given)) {
    const found = given.flatMap((item) =>
      unknownKeys(inner.element as z.ZodType, item, `${path}[]`),
    );
    return [...new Set(found)];
  }
  if (!(inner instanceof z.ZodObject) || typeof given !== 'object' || given === null) return [];
  const shape = inner.shape as Record<string, z.ZodType>;
  return Object.entries(given).flatMap(([key, value]) => {
    const place = path ? `${path}.${key}` : key;
    const known = shape[key];
    return known ? unknownKeys(known, value, place) : [place];
  });
}

function unwrap(schema: z.ZodType): z.ZodType {
  let current = schema;
  while (
    current instanceof z.ZodOptional ||
    current instanceof z.ZodDefault ||
    current instanceof z.ZodPrefault ||
    current instanceof z.ZodNullable ||
    current instanceof z.ZodPipe
  ) {
    current = (current instanceof z.ZodPipe ? current.in : current.unwrap()) as z.ZodType;
  }
  return current;
}
