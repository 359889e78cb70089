import { z } from 'zod';
import { GatewayError } from '../_shared/errors.ts';
import { deepestNesting, isNestedDeeper } from '../_shared/nesting.ts';

const longestModel = 512;

export const modelName = z.string().min(1).max(longestModel);

/** What we act on in a request to any API; all else is its own. */
export const commonMembers = {
  model: modelName,
  stream: z.boolean().nullish(),
  user: z.string().max(256).nullish(),
  tags: z.array(z.string().max(256)).max(32).nullish(),
  metadata: z.record(z.string().max(512), z.unknown()).nullish(),
};

/** A body as an object that can be booked, right or wrong. Throws `invalid_request`. */
export function checkObject(given: unknown): object {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new GatewayError('invalid_request', 'The request body must be a JSON object.');
  }
  if (isNestedDeeper(given, deepestNesting)) {
    throw new GatewayError(
      'invalid_request',
      `The request body is nested more than ${deepestNesting} levels deep.`,
    );
  }
  return given;
}

/** The model that a request names, right or wrong otherwise; '' where it names none. */
export function modelIn(given: object): string {
  const model = 'model' in given ? given.model : null;
  return typeof model === 'string' ? model.slice(0, longestModel) : '';
}

/**
 * LiteLLM's `no-log`. Only `false` is a no: who sends anything else there, right or wrong, does not
 * want to be recorded.
 */
export function isNoLog(given: object): boolean {
  const noLog = 'no-log' in given ? given['no-log'] : null;
  return noLog !== null && noLog !== false;
}

/** Throws `invalid_request` that names the parameter as OpenAI does: `messages[0].role`. */
export function checkRequest<T extends z.ZodType>(schema: T, given: object): z.output<T> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const param = (issue?.path ?? [])
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .slice(1);
  const missing = issue?.code === 'invalid_type' && !hasPath(given, issue.path);
  const message = missing
    ? `Missing required parameter: '${param}'.`
    : `Invalid '${param}': ${issue?.message.replace(/^Invalid \w+: /, '')}.`;
  throw new GatewayError('invalid_request', message, { param });
}

function hasPath(value: unknown, path: PropertyKey[]): boolean {
  let current = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null || !(part in current)) return false;
    current = (current as Record<PropertyKey, unknown>)[part];
  }
  return true;
}
