import type { IncomingHttpHeaders } from 'node:http';
import type { Failure } from '../adapter.ts';
import type { Json } from '../json.ts';

interface Meaning {
  status: number;
  code?: string;
}

const wrongKey = { status: 401, code: 'invalid_api_key' };
const overloaded = { status: 503, code: 'server_is_overloaded' };

/** AWS's exceptions, with OpenAI's status and code for each. */
const meanings: Record<string, Meaning> = {
  ValidationException: { status: 400 },
  AccessDeniedException: { status: 403, code: 'permission_denied' },
  UnrecognizedClientException: wrongKey,
  InvalidSignatureException: wrongKey,
  IncompleteSignatureException: wrongKey,
  MissingAuthenticationTokenException: wrongKey,
  ExpiredTokenException: wrongKey,
  ResourceNotFoundException: { status: 404, code: 'model_not_found' },
  ThrottlingException: { status: 429, code: 'rate_limit_exceeded' },
  // AWS's own status is 400, and no client would try again.
  ServiceQuotaExceededException: { status: 429, code: 'insufficient_quota' },
  ModelNotReadyException: overloaded,
  ServiceUnavailableException: overloaded,
  ModelTimeoutException: { status: 504, code: 'upstream_timeout' },
  // AWS's own is 424, which no client of OpenAI's knows.
  ModelErrorException: { status: 502 },
  ModelStreamErrorException: { status: 502 },
  InternalServerException: { status: 500 },
};

/** Of an answer that does not name its exception: the one that AWS has this status for. */
const byStatus: Record<number, string> = {
  400: 'ValidationException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  424: 'ModelErrorException',
  429: 'ThrottlingException',
  500: 'InternalServerException',
  503: 'ServiceUnavailableException',
};

/** What an exception of several causes is about, by its message. */
const byMessage: [RegExp, Meaning][] = [
  [
    /(input|prompt) is too long|too many (input )?tokens in|maximum context length|exceeds? the (model's )?context/i,
    { status: 400, code: 'context_length_exceeded' },
  ],
  [/model identifier is invalid/i, { status: 404, code: 'model_not_found' }],
  [/API key is (not )?valid|security token .* (invalid|expired)/i, wrongKey],
];

/** `{"message"}`, with the exception's name in a header. */
export function readFailure(
  status: number,
  body: Json,
  headers: IncomingHttpHeaders,
): Failure | null {
  const message = body.message ?? body.Message;
  if (typeof message !== 'string') return null;
  return failureOf(nameIn(headers['x-amzn-errortype'] ?? body.__type) ?? byStatus[status], message);
}

/** `ThrottlingException:http://internal…`, or `com.amazon.coral.service#ThrottlingException`. */
function nameIn(given: unknown): string | undefined {
  return /(?:.*#)?(\w+)/.exec(String(given ?? ''))?.[1];
}

export function failureOf(type: string | undefined, message: string): Failure {
  const told = byMessage.find(([pattern]) => pattern.test(message))?.[1];
  const meaning = told ?? (type === undefined ? undefined : meanings[type]);
  return { message, ...(type === undefined ? {} : { type }), ...meaning };
}
