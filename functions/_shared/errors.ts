/**
 * The one error type that crosses a function's edge, and the one table that says
 * what a caller sees of it.
 *
 * `type` follows LiteLLM's proxy and `code` follows OpenAI's API where either has a word for
 * the case, so that clients of both recognise it.
 */
const outcomes = {
  invalid_request: { status: 400, type: 'invalid_request_error', code: 'invalid_request' },
  authentication: { status: 401, type: 'auth_error', code: 'invalid_api_key' },
  permission: { status: 403, type: 'permission_error', code: 'permission_denied' },
  not_found: { status: 404, type: 'not_found_error', code: 'not_found' },
  model_not_found: { status: 404, type: 'not_found_error', code: 'model_not_found' },
  method_not_allowed: { status: 405, type: 'invalid_request_error', code: 'method_not_allowed' },
  conflict: { status: 409, type: 'invalid_request_error', code: 'conflict' },
  request_too_large: { status: 413, type: 'invalid_request_error', code: 'request_too_large' },
  rate_limit: { status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  client_closed: { status: 499, type: 'client_closed_request', code: 'client_closed_request' },
  internal: { status: 500, type: 'internal_server_error', code: 'internal_error' },
  upstream: { status: 502, type: 'upstream_error', code: 'upstream_error' },
  upstream_unreachable: { status: 502, type: 'upstream_error', code: 'upstream_unreachable' },
  upstream_interrupted: { status: 502, type: 'upstream_error', code: 'upstream_interrupted' },
  unavailable: { status: 503, type: 'service_unavailable_error', code: 'unavailable' },
  upstream_timeout: { status: 504, type: 'timeout_error', code: 'upstream_timeout' },
} as const;

export type ErrorCode = keyof typeof outcomes;

export interface GatewayErrorDetails {
  /** The request parameter that is at fault, as OpenAI's `error.param`. */
  param?: string | null;
  /** Overrides the table's status: an upstream's own 4xx/5xx, passed on. */
  status?: number;
  /** Overrides the table's `type` and `code` with the upstream's own words. */
  type?: string;
  upstreamCode?: string | null;
  /** Seconds, sent as `retry-after`. */
  retryAfter?: number;
  /** The methods that are allowed, sent as `allow`. */
  allow?: string[];
  /** Overrides the table's answer to "would the same call be worth another try?". */
  retryable?: boolean;
  cause?: unknown;
}

/** OpenAI's error body. */
export interface ErrorBody {
  error: { message: string; type: string; param: string | null; code: string | null };
}

export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly details: GatewayErrorDetails;

  constructor(code: ErrorCode, message: string, details: GatewayErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return this.details.status ?? outcomes[this.code].status;
  }

  get retryable(): boolean {
    const { status } = this;
    return this.details.retryable ?? (status === 408 || status === 429 || status >= 500);
  }

  get body(): ErrorBody {
    const { type, code } = outcomes[this.code];
    return {
      error: {
        message: this.message,
        type: this.details.type ?? type,
        param: this.details.param ?? null,
        code: this.details.upstreamCode === undefined ? code : this.details.upstreamCode,
      },
    };
  }
}

/**
 * Any thrown value as a GatewayError. What was not meant for a caller (a disk error, a bug)
 * becomes `internal` with a message that tells nothing; the cause stays for the log.
 */
export function asGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  return new GatewayError('internal', 'Internal error. The gateway has logged the details.', {
    cause: thrown,
  });
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(outcomes, value);
}
