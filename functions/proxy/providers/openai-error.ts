import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { type ErrorCode, GatewayError, type GatewayErrorDetails } from '../../_shared/errors.ts';
import type { Adapter, Failure } from './adapter.ts';
import { readFaultList } from './error-detail.ts';

const word = z.union([z.string(), z.number()]).transform(String).nullish().catch(null);
const errorObject = z.object({ message: word, type: word, param: word, code: word });

/** OpenAI's `error` object, or a bare string, as an upstream sent it. Nothing in it is trusted. */
export function readErrorObject(
  given: unknown,
  code: ErrorCode,
  details: GatewayErrorDetails = {},
): GatewayError {
  if (typeof given === 'string') return new GatewayError(code, cut(given), details);
  const parsed = errorObject.safeParse(given);
  const error = parsed.success ? parsed.data : null;
  return new GatewayError(code, cut(error?.message ?? 'The upstream reported an error.'), {
    ...details,
    ...(error?.type ? { type: error.type.slice(0, 128) } : {}),
    ...(error?.code ? { upstreamCode: error.code.slice(0, 128) } : {}),
    param: error?.param?.slice(0, 256) ?? null,
  });
}

const cut = (message: string) => (message.length > 4000 ? `${message.slice(0, 4000)}…` : message);

/**
 * An upstream's answer of 400 or above. Its status and words are passed on, by `adapter` in
 * OpenAI's terms; what is not JSON in the provider's shape (a load balancer's page) is told in
 * our words, with the start of it.
 */
export function readErrorAnswer(
  answer: {
    status: number;
    contentType: string;
    retryAfter: number | undefined;
    headers: IncomingHttpHeaders;
  },
  text: string,
  adapter: Pick<Adapter, 'failure'> | null = null,
): GatewayError {
  const { status, contentType, retryAfter, headers } = answer;
  const details: GatewayErrorDetails = { status, retryAfter };
  const body = parseObject(text);
  if (body) {
    const failure = adapter?.failure(status, body, headers);
    if (failure) return asUpstreamFailure(failure, 'upstream', details);
    const { error, detail, message } = body;
    const fault = readFaultList(detail ?? message);
    if (fault) return readErrorObject(fault, 'upstream', details);
    const reported = error ?? detail ?? (message === undefined ? undefined : body);
    if (reported !== undefined) return readErrorObject(reported, 'upstream', details);
  }
  return new GatewayError('upstream', describeForeign(status, contentType, text), details);
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' ? (body as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

/** What an adapter read of its provider's error, with OpenAI's status for it where it has one. */
export function asUpstreamFailure(
  { status, retryAfter, ...words }: Failure,
  code: ErrorCode,
  details: GatewayErrorDetails = {},
): GatewayError {
  return readErrorObject(words, code, {
    ...details,
    ...(status === undefined ? {} : { status }),
    retryAfter: details.retryAfter ?? retryAfter,
  });
}

/** A sentence on an answer that is not what was asked for. */
export function describeForeign(status: number, contentType: string, text: string): string {
  const start = text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
  const kind = contentType.split(';')[0] || 'no content type';
  return `The upstream answered ${status} with ${kind} instead of JSON${start ? `: ${start}` : '.'}`;
}

/** `retry-after` in seconds: a number, or an HTTP date (RFC 9110, 10.2.3). */
export function readRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, Math.min(seconds, 86_400));
  const date = Date.parse(value);
  if (Number.isNaN(date)) return undefined;
  return Math.max(0, Math.min(Math.ceil((date - now) / 1000), 86_400));
}
