import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import { z } from 'zod';
import { type ErrorCode, GatewayError } from '../_shared/errors.ts';

const errorObject = z
  .object({
    message: z.string().nullish(),
    type: z.string().nullish(),
    param: z.string().nullish(),
    code: z.string().nullish(),
  })
  .catch({});

/** What the SDK threw, as the proxy meant it: its status, words and `retry-after` are kept. */
export function asProxyError(thrown: unknown): unknown {
  if (thrown instanceof APIUserAbortError) {
    return new GatewayError('client_closed', 'The client closed the connection.');
  }
  if (thrown instanceof APIConnectionTimeoutError) {
    return new GatewayError('upstream_timeout', 'The proxy took too long to answer.', {
      cause: thrown,
    });
  }
  if (thrown instanceof APIConnectionError) {
    return new GatewayError(
      'upstream_unreachable',
      'The proxy did not answer. Is it running, and is PROXY_URL right?',
      { cause: thrown },
    );
  }
  if (thrown instanceof APIError) return asTold(thrown);
  return thrown;
}

/** An error that came in the middle of a stream has no status of its own. */
function asTold(thrown: APIError): GatewayError {
  const { status, headers } = thrown;
  const told = errorObject.parse(thrown.error);
  const code: ErrorCode = status === undefined ? 'upstream_interrupted' : 'upstream';
  const retryAfter = Number(headers?.get('retry-after') || Number.NaN);
  return new GatewayError(code, told.message ?? thrown.message, {
    status,
    ...(told.type ? { type: told.type } : {}),
    ...(told.code === undefined ? {} : { upstreamCode: told.code }),
    param: told.param ?? null,
    ...(Number.isFinite(retryAfter) ? { retryAfter } : {}),
    cause: thrown,
  });
}
