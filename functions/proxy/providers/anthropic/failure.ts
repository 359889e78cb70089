import type { Failure } from '../adapter.ts';
import { isObject, type Json } from '../json.ts';

interface Meaning {
  status: number;
  code: string | null;
}

/** Anthropic's types of error, with OpenAI's status and code for each. */
const meanings: Record<string, Meaning> = {
  invalid_request_error: { status: 400, code: null },
  authentication_error: { status: 401, code: 'invalid_api_key' },
  billing_error: { status: 429, code: 'insufficient_quota' },
  permission_error: { status: 403, code: 'permission_denied' },
  not_found_error: { status: 404, code: 'model_not_found' },
  request_too_large: { status: 413, code: 'request_too_large' },
  rate_limit_error: { status: 429, code: 'rate_limit_exceeded' },
  api_error: { status: 500, code: null },
  timeout_error: { status: 504, code: 'upstream_timeout' },
  // Anthropic's own is 529, which no client of OpenAI's knows.
  overloaded_error: { status: 503, code: 'server_is_overloaded' },
};

const tooLong = /prompt is too long|exceed(s|ed)? (the )?context (limit|window)/i;

/** Anthropic's `{"type":"error","error":{"type","message"}}`: an answer's body, or an event. */
export function readFailure(body: Json): Failure | null {
  const { error } = body;
  if (!isObject(error) || typeof error.message !== 'string') return null;
  const { message } = error;
  const type = typeof error.type === 'string' ? error.type : 'api_error';
  const meaning = meanings[type];
  const code = tooLong.test(message) ? 'context_length_exceeded' : (meaning?.code ?? null);
  return {
    message,
    type,
    ...(code === null ? {} : { code }),
    ...(meaning === undefined ? {} : { status: meaning.status }),
  };
}
