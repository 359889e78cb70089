import type { Failure } from '../adapter.ts';
import { isObject, type Json } from '../json.ts';

/** Google's statuses of error, with OpenAI's code for each, and its status where that differs. */
const meanings: Record<string, { code?: string; status?: number }> = {
  UNAUTHENTICATED: { code: 'invalid_api_key' },
  PERMISSION_DENIED: { code: 'permission_denied' },
  NOT_FOUND: { code: 'model_not_found' },
  RESOURCE_EXHAUSTED: { code: 'rate_limit_exceeded' },
  UNAVAILABLE: { code: 'server_is_overloaded' },
  DEADLINE_EXCEEDED: { code: 'upstream_timeout' },
};

/** What is told in words or reasons only. The first that fits counts. */
const told: [RegExp, { code: string; status?: number }][] = [
  [/API_KEY_INVALID|API key (not valid|expired)/, { code: 'invalid_api_key', status: 401 }],
  [
    /exceeds the maximum number of tokens|exceeds the (model's )?context/i,
    { code: 'context_length_exceeded' },
  ],
  // Every rate limit speaks of "plan and billing"; these are those that waiting does not help.
  [/credits are depleted|spend(ing)? (cap|limit)/i, { code: 'insufficient_quota', status: 429 }],
];

/** Google's `{"error": {"code", "message", "status", "details"}}`, which may come in a list. */
export function readFailure(given: unknown): Failure | null {
  const body = Array.isArray(given) ? given[0] : given;
  const error = isObject(body) ? body.error : null;
  if (!isObject(error) || typeof error.message !== 'string') return null;
  const { message } = error;
  const details = (Array.isArray(error.details) ? error.details : []).filter(isObject);
  const type = typeof error.status === 'string' ? error.status : undefined;
  const words = [message, ...details.map(({ reason }) => String(reason ?? ''))].join('\n');
  const meaning = told.find(([pattern]) => pattern.test(words))?.[1] ?? meanings[type ?? ''];
  const retryAfter = delayIn(details);
  return {
    message,
    ...(type === undefined ? {} : { type }),
    ...meaning,
    ...(retryAfter === null ? {} : { retryAfter }),
  };
}

/** `google.rpc.RetryInfo`: `"retryDelay": "27.5s"`. A header has whole seconds. */
function delayIn(details: Json[]): number | null {
  const delay = details.map(({ retryDelay }) => retryDelay).find((each) => each !== undefined);
  const seconds = typeof delay === 'string' ? /^(\d{1,9}(?:\.\d+)?)s$/.exec(delay)?.[1] : undefined;
  return seconds === undefined ? null : Math.min(Math.ceil(Number(seconds)), 86_400);
}
