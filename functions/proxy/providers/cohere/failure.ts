import type { Failure } from '../adapter.ts';
import type { Json } from '../json.ts';

/** OpenAI's code for Cohere's statuses; 498 is its own, for a key that is none. */
const codes: Record<number, string> = {
  401: 'invalid_api_key',
  402: 'insufficient_quota',
  403: 'permission_denied',
  404: 'model_not_found',
  429: 'rate_limit_exceeded',
  498: 'invalid_api_key',
  503: 'server_is_overloaded',
};

const tooLong = /too many tokens|exceeds? the (maximum|model's) context/i;

/** `{"id","message"}`. */
export function readFailure(status: number, { message }: Json): Failure | null {
  if (typeof message !== 'string') return null;
  if (tooLong.test(message)) return { message, code: 'context_length_exceeded' };
  const code = codes[status];
  return {
    message,
    ...(code === undefined ? {} : { code }),
    ...(status === 498 ? { status: 401 } : {}),
  };
}
