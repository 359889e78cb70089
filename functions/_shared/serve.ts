import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { http as registerHttpFunction } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { GatewayError } from './errors.ts';
import { answerError, answerJson } from './http/answer.ts';
import { type ReadRequest, readBody } from './http/body.ts';
import { answerClientError } from './http/client-error.ts';
import { pathOf } from './http/router.ts';
import type { Logger, Registry } from './telemetry.ts';

/** A function as the host runs it. */
export interface FunctionApp {
  /** Answers one request. What it throws is answered in OpenAI's error shape. */
  handle(request: IncomingMessage, response: ServerResponse): void | Promise<void>;
  /**
   * True for a request that `handle` reads itself, taken before the framework's Express app
   * (which costs some 160 µs and holds the whole body). All others come with `rawBody` read.
   */
  isDirect?(request: IncomingMessage): boolean;
  /** True for a request of our own parts, which are served to the end of the drain. */
  isInternal?(request: IncomingMessage): boolean;
  /** Resolves when the function can do its work; its value is the body of the readiness probe. */
  ready(): Promise<Record<string, unknown>>;
  /** Hears that the drain begins, so that calls which only wait for news end their wait. */
  leave?(): void;
  /** Brings away what the function still holds (the proxy's outbox), while it still answers its own parts. */
  drain?(): Promise<void>;
  close?(): Promise<void>;
}

export interface ServeOptions {
  name: string;
  port: number;
  maxBodyBytes: number;
  graceSeconds: number;
  logger: Logger;
  metrics: Registry;
}

export interface Served {
  port: number;
  /** Drains as on SIGTERM: in-flight calls end, the function's own drain runs, then it closes. */
  stop(): Promise<void>;
}

/**
 * Serves a function: registered with the functions-framework, on an `http.Server` whose life is
 * ours. The framework's own SIGTERM handling exits at once and cuts streams; Knative expects a
 * container to finish its requests.
 */
export async function serve(app: FunctionApp, options: ServeOptions): Promise<Served> {
  const { name, logger } = options;
  registerHttpFunction(name, (request, response) => guard(app, request, response, logger));
  const server = getTestServer(name);
  const framework = server.listeners('request')[0] as (
    request: IncomingMessage,
    response: ServerResponse,
  ) => void;
  server.removeAllListeners('request');

  let draining = false;
  let inFlight = 0;
  let idle = () => {};

  server.on('request', (request: ReadRequest, response: ServerResponse) => {
    const path = pathOf(request);
    if (path.startsWith('/health/') || path === '/metrics') {
      void answerProbe(path, response, app, options, draining);
      return;
    }
    const internal = app.isInternal?.(request) ?? false;
    if (draining) response.setHeader('connection', 'close');
    if (draining && !internal) {
      answerError(response, new GatewayError('unavailable', 'Shutting down.', { retryAfter: 1 }));
      return;
    }
    if (!internal) {
      inFlight++;
      response.once('close', () => {
        if (--inFlight === 0) idle();
      });
    }
    const direct = app.isDirect?.(request) || !frameworkPasses(path);
    if (direct) void guard(app, request, response, logger);
    else void viaFramework(request, response);
  });

  async function viaFramework(request: ReadRequest, response: ServerResponse) {
    try {
      // The framework would take bodies of up to 1 GiB. It leaves one alone that is read already.
      request.rawBody = await readBody(request, options.maxBodyBytes);
      framework(request, response);
    } catch (error) {
      answerError(response, error);
    }
  }

  server.on('clientError', answerClientError);
  // Knative's queue-proxy keeps idle connections for 90 s; closing earlier races with its reuse.
  server.keepAliveTimeout = 95_000;
  server.headersTimeout = 100_000;
  await listen(server, options.port);

  async function stop() {
    if (draining) return;
    draining = true;
    app.leave?.();
    const deadline = Date.now() + options.graceSeconds * 1000;
    const within = (work: Promise<unknown>) =>
      Promise.race([
        work,
        new Promise((resolve) => setTimeout(resolve, deadline - Date.now()).unref()),
      ]);
    server.closeIdleConnections();
    if (inFlight > 0) await within(new Promise<void>((resolve) => (idle = resolve)));
    await within(app.drain?.() ?? Promise.resolve());
    server.close();
    server.closeAllConnections();
    await app.close?.();
    if (inFlight > 0) logger.warn({ in_flight: inFlight }, 'stopped before all calls had ended');
  }

  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : options.port, stop };
}

/**
 * False for paths that the framework would answer itself: the ones it ignores with nothing, one
 * that is no percent-encoding with a page of HTML and a stack.
 */
function frameworkPasses(path: string): boolean {
  if (/^\/(favicon\.ico|robots\.txt)(\/|$)/i.test(path)) return false;
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

async function guard(
  app: FunctionApp,
  request: IncomingMessage,
  response: ServerResponse,
  logger: Logger,
): Promise<void> {
  try {
    await app.handle(request, response);
  } catch (error) {
    if (!(error instanceof GatewayError)) {
      logger.error({ err: error, method: request.method, path: pathOf(request) }, 'unexpected');
    }
    answerError(response, error);
  }
}

async function answerProbe(
  path: string,
  response: ServerResponse,
  app: FunctionApp,
  options: ServeOptions,
  draining: boolean,
): Promise<void> {
  try {
    if (path === '/metrics') {
      const { metrics } = options;
      response.writeHead(200, { 'content-type': metrics.contentType });
      response.end(await metrics.metrics());
    } else if (path === '/health/liveliness' || path === '/health/liveness') {
      answerJson(response, 200, "I'm alive!");
    } else if (path === '/health/readiness') {
      if (draining) throw new GatewayError('unavailable', 'Shutting down.');
      answerJson(response, 200, { status: 'healthy', ...(await app.ready()) });
    } else {
      throw new GatewayError('not_found', `There is nothing at ${path}.`);
    }
  } catch (error) {
    answerError(response, error);
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
