import { z } from 'zod';
import { GatewayError } from '../_shared/errors.ts';
import { deepestNesting, isNestedDeeper } from '../_shared/nesting.ts';

const longestModel = 512;

const contentPart = z.looseObject({ type: z.string().max(64) });

const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: z
    .union([z.string(), z.array(contentPart).max(10_000)], {
      error: 'expected a string or an array of at most 10000 content parts, each with a type',
    })
    .nullish(),
});

/**
 * The body of `POST /v1/chat/completions`. What we act on or count is checked; all else is the
 * upstream's to judge and passes as it is.
 */
const chatRequest = z.looseObject({
  model: z.string().min(1).max(longestModel),
  messages: z.array(message).min(1).max(100_000),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  n: z.number().int().min(1).max(128).nullish(),
  max_tokens: z.number().int().min(1).nullish(),
  max_completion_tokens: z.number().int().min(1).nullish(),
  tools: z
    .array(z.looseObject({ type: z.string().max(64) }))
    .max(10_000)
    .nullish(),
  user: z.string().max(256).nullish(),
  tags: z.array(z.string().max(256)).max(32).nullish(),
  metadata: z.record(z.string().max(512), z.unknown()).nullish(),
});
export type ChatRequest = z.infer<typeof chatRequest>;

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
export function checkChatRequest(given: object): ChatRequest {
  const parsed = chatRequest.safeParse(given);
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
