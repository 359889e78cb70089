import type { GatewayError } from '../../../_shared/errors.ts';
import type { Api } from '../../api.ts';

/** Anthropic's words, by the status that its clients look at as well. */
const types: Record<number, string> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

function bodyOf(error: GatewayError) {
  const fallback = error.status < 500 ? 'invalid_request_error' : 'api_error';
  const type = types[error.status] ?? fallback;
  return { type: 'error', error: { type, message: error.message } };
}

export const messagesFailures: NonNullable<Api['failures']> = {
  body: bodyOf,
  event: (error) => `event: error\ndata: ${JSON.stringify(bodyOf(error))}\n\n`,
};
