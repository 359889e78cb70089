import type { IncomingHttpHeaders } from 'node:http';
import { type Dispatcher, Pool } from 'undici';
import { GatewayError } from '../_shared/errors.ts';
import type { Probe } from './providers/adapter.ts';
import type { Target } from './providers/target.ts';

export interface UpstreamRequest {
  target: Target;
  /** From the target's origin. */
  path: string;
  headers: Record<string, string>;
  method?: 'GET' | 'DELETE';
  body: string | null;
  /** From the first byte out to the last one in. */
  timeoutMs: number;
  /** The longest silence before the answer and between two pieces of it. */
  silenceMs: number;
  /** Ends it: with a GatewayError for a reason, or because the client went away. */
  signal: AbortSignal;
}

export interface UpstreamAnswer {
  status: number;
  contentType: string;
  retryAfter: string | undefined;
  headers: IncomingHttpHeaders;
  body: Dispatcher.ResponseData['body'];
  /** All of the body. Rejects with `upstream` beyond `limit` bytes. */
  text(limit: number): Promise<string>;
  /** To be called when the body has ended or is not wanted any more. */
  release(): void;
}

/**
 * HTTP to the upstreams: one pool of kept connections an origin. Redirects are not followed: an
 * upstream must not be able to send our credentials elsewhere.
 */
export function createUpstream() {
  const pools = new Map<string, Pool>();
  const poolOf = (origin: string): Pool => {
    let pool = pools.get(origin);
    if (!pool) {
      pool = new Pool(origin, { keepAliveTimeout: 30_000, connect: { timeout: 10_000 } });
      pools.set(origin, pool);
    }
    return pool;
  };

  return {
    async open(request: UpstreamRequest): Promise<UpstreamAnswer> {
      const { target, signal } = request;
      const abort = new AbortController();
      const onGone = () =>
        abort.abort(signal.reason instanceof GatewayError ? signal.reason : clientClosed());
      const timer = setTimeout(() => abort.abort(timedOut(request)), request.timeoutMs);
      const release = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onGone);
      };
      if (signal.aborted) onGone();
      else signal.addEventListener('abort', onGone);
      try {
        const { statusCode, headers, body } = await poolOf(target.origin).request({
          method: request.method ?? 'POST',
          path: request.path,
          headers: request.headers,
          body: request.body,
          signal: abort.signal,
          headersTimeout: request.silenceMs,
          bodyTimeout: request.silenceMs,
        });
        return {
          status: statusCode,
          contentType: String(headers['content-type'] ?? ''),
          retryAfter: headers['retry-after']?.toString(),
          headers,
          body,
          text: (limit) => readText(body, limit, target),
          release,
        };
      } catch (error) {
        release();
        throw asUpstreamError(error, target);
      }
    },
    /** The status of a GET that carries the deployment's credentials; 200 where it shows them right. */
    async probe(target: Target, timeoutMs: number): Promise<number> {
      try {
        const { path, headers, isPassed } = await probeOf(target);
        const {
          statusCode,
          headers: answered,
          body,
        } = await poolOf(target.origin).request({
          method: 'GET',
          path,
          headers,
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
          signal: AbortSignal.timeout(timeoutMs),
        });
        await body.dump();
        return isPassed?.(answered) ? 200 : statusCode;
      } catch (error) {
        throw asUpstreamError(error, target);
      }
    },
    async close(): Promise<void> {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

function probeOf({ adapter, openai }: Target): Probe | Promise<Probe> {
  if (!adapter) return { path: openai.pathOf('/models'), headers: openai.headers };
  return typeof adapter.probe === 'function' ? adapter.probe() : adapter.probe;
}

async function readText(
  body: UpstreamAnswer['body'],
  limit: number,
  target: Target,
): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > limit) break;
    }
  } catch (error) {
    throw asUpstreamError(error, target, true);
  }
  if (length > limit) {
    throw new GatewayError(
      'upstream',
      `The upstream's answer is over the limit of ${limit} bytes.`,
    );
  }
  return Buffer.concat(chunks, length).toString('utf8');
}

export type Upstream = ReturnType<typeof createUpstream>;

export const clientClosed = () =>
  new GatewayError(
    'client_closed',
    'The client closed the connection before its answer was whole.',
  );

const timedOut = ({ timeoutMs }: UpstreamRequest) =>
  new GatewayError('upstream_timeout', `The upstream took longer than ${timeoutMs / 1000} s.`);

/** What went wrong between us and an upstream, in a caller's words. `begun`: its answer had begun. */
export function asUpstreamError(error: unknown, target: Target, begun = false): GatewayError {
  if (error instanceof GatewayError) return error;
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  const details = { cause: error };
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return new GatewayError('upstream_timeout', 'The upstream fell silent.', details);
  }
  if (begun) {
    return new GatewayError(
      'upstream_interrupted',
      'The upstream closed the connection before its answer was whole.',
      details,
    );
  }
  return new GatewayError(
    'upstream_unreachable',
    `The upstream at ${target.origin} cannot be reached: ${code || message}.`,
    details,
  );
}
