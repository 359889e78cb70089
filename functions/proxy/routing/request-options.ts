import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { type FallbackLists, maxRetries, toLists } from '../../_shared/config/routing.ts';
import { GatewayError } from '../../_shared/errors.ts';
import type { Milliseconds } from '../../_shared/units.ts';
import type { Asked } from '../api.ts';
import type { FailureKind } from './failure-kind.ts';

/** A model to ask in place of another, with the request as it is to be for it. */
export type FallbackEntry = string | { model: string; asked: Asked };

/** What a request says of its own routing. Null where it says nothing. */
export interface RequestOptions {
  retries: number | null;
  timeoutMs: Milliseconds | null;
  streamTimeoutMs: Milliseconds | null;
  fallbacks: readonly FallbackEntry[] | null;
  contextWindow: FallbackLists | null;
  contentPolicy: FallbackLists | null;
  disableFallbacks: boolean;
  /** The failure that the first model is to be taken to have had, to try fallbacks. */
  mock: FailureKind | null;
}

const nothing: RequestOptions = {
  retries: null,
  timeoutMs: null,
  streamTimeoutMs: null,
  fallbacks: null,
  contextWindow: null,
  contentPolicy: null,
  disableFallbacks: false,
  mock: null,
};

const name = z.string().min(1).max(512);
const seconds = z.coerce.number().positive().max(86_400);
const lists = z
  .array(z.record(name, z.array(name).max(20)), {
    error: 'expected a list such as [{"gpt-4o": ["claude-sonnet"]}]',
  })
  .max(20);

const schema = z.object({
  num_retries: z.coerce.number().int().min(0).max(maxRetries).nullish(),
  timeout: seconds.nullish(),
  stream_timeout: seconds.nullish(),
  fallbacks: z
    .array(z.union([name, z.looseObject({ model: name }), z.record(name, z.array(name).max(20))]), {
      error: 'expected a list of models, or of objects with a model',
    })
    .max(20)
    .nullish(),
  context_window_fallbacks: lists.nullish(),
  content_policy_fallbacks: lists.nullish(),
  disable_fallbacks: z.boolean().nullish(),
  mock_testing_fallbacks: z.boolean().nullish(),
  mock_testing_context_window_fallbacks: z.boolean().nullish(),
  mock_testing_content_policy_fallbacks: z.boolean().nullish(),
  mock_testing_rate_limit_error: z.boolean().nullish(),
});
const members = new Set(Object.keys(schema.shape));

/** LiteLLM's headers for three of them; the body wins. */
const headers = {
  'x-litellm-num-retries': 'num_retries',
  'x-litellm-timeout': 'timeout',
  'x-litellm-stream-timeout': 'stream_timeout',
} as const;

/**
 * Reads what a request says of its routing. Throws `invalid_request` that names the member.
 * `check` is of a request as it would be for a fallback.
 */
export function readRequestOptions(
  asked: Asked,
  given: IncomingHttpHeaders,
  check: (asked: object) => Asked,
): RequestOptions {
  if (isSilent(asked, given)) return nothing;
  const said: Record<string, unknown> = {};
  for (const [header, member] of Object.entries(headers)) {
    if (given[header] !== undefined) said[member] = given[header];
  }
  for (const member of members) if (asked[member] != null) said[member] = asked[member];
  const parsed = schema.safeParse(said);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const param = String(issue?.path[0]);
    const message = issue?.message.replace(/^Invalid \w+: /, '');
    throw new GatewayError('invalid_request', `Invalid '${param}': ${message}.`, { param });
  }
  const options = parsed.data;
  return {
    retries: options.num_retries ?? null,
    timeoutMs: options.timeout == null ? null : options.timeout * 1000,
    streamTimeoutMs: options.stream_timeout == null ? null : options.stream_timeout * 1000,
    fallbacks: options.fallbacks ? entriesFor(asked, options.fallbacks, check) : null,
    contextWindow: options.context_window_fallbacks && toLists(options.context_window_fallbacks),
    contentPolicy: options.content_policy_fallbacks && toLists(options.content_policy_fallbacks),
    disableFallbacks: options.disable_fallbacks === true,
    mock: mockOf(options),
  } as RequestOptions;
}

/** Nearly every request is, and this is on the way of each. */
function isSilent(asked: Asked, given: IncomingHttpHeaders): boolean {
  for (const name in asked) if (members.has(name)) return false;
  return (
    given['x-litellm-num-retries'] === undefined &&
    given['x-litellm-timeout'] === undefined &&
    given['x-litellm-stream-timeout'] === undefined
  );
}

/** Of lists by model, as the configuration has them, those that are for this one. */
function entriesFor(
  asked: Asked,
  given: NonNullable<z.infer<typeof schema>['fallbacks']>,
  check: (asked: object) => Asked,
): FallbackEntry[] {
  return given.flatMap((entry): FallbackEntry[] => {
    if (typeof entry === 'string') return [entry];
    const { model, ...own } = entry as { model: unknown; [name: string]: unknown };
    if (typeof model !== 'string') return (entry as Record<string, string[]>)[asked.model] ?? [];
    // What it is asked for may differ; how it is answered may not.
    const { stream } = asked;
    return [{ model, asked: check({ ...asked, ...own, stream }) }];
  });
}

function mockOf(options: z.infer<typeof schema>): FailureKind | null {
  if (options.mock_testing_fallbacks) return 'internal';
  if (options.mock_testing_rate_limit_error) return 'rate_limit';
  if (options.mock_testing_context_window_fallbacks) return 'context_window';
  return options.mock_testing_content_policy_fallbacks ? 'content_policy' : null;
}
