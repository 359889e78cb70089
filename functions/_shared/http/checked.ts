import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { parseJson, readBody } from './body.ts';

/**
 * A request's JSON body of at most `limit` bytes, checked. Rejects with `invalid_request` that
 * names the member at fault, or with `request_too_large`.
 */
export async function readJson<T extends z.ZodType>(
  request: IncomingMessage,
  schema: T,
  limit: number,
): Promise<z.output<T>> {
  return checkInput(schema, parseJson(await readBody(request, limit)));
}

/** What a caller gave, checked. Throws `invalid_request` that names what is at fault. */
export function checkInput<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const param = issue?.path.join('.') || null;
  throw new GatewayError('invalid_request', [param, issue?.message].filter(Boolean).join(': '), {
    param,
  });
}
