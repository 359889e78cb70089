import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayError } from '../errors.ts';

export type Params = Record<string, string>;
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  params: Params,
) => void | Promise<void>;

/** Keyed by `METHOD /path`; a segment that starts with a colon is a parameter. */
export type Routes = Record<string, Handler>;

/**
 * Finds the handler of a request. Paths without a parameter are looked up in a map, the rest are
 * matched in order. Throws `not_found`, or `method_not_allowed` with the methods that are.
 */
export function createRouter(routes: Routes) {
  const exact = new Map<string, Handler>();
  const patterns: { method: string; pattern: URLPattern; handler: Handler }[] = [];
  for (const [route, handler] of Object.entries(routes)) {
    const [method = '', pathname = ''] = route.split(' ');
    if (pathname.includes(':')) {
      patterns.push({ method, pattern: new URLPattern({ pathname }), handler });
    } else {
      exact.set(route, handler);
    }
  }
  const methods = [...new Set(Object.keys(routes).map((route) => route.split(' ')[0] as string))];

  const find = (method: string, path: string): { handler: Handler; params: Params } | undefined => {
    const handler = exact.get(`${method} ${path}`);
    if (handler) return { handler, params: {} };
    for (const candidate of patterns) {
      if (candidate.method !== method) continue;
      const match = candidate.pattern.exec({ pathname: path });
      if (match) return { handler: candidate.handler, params: decode(match.pathname.groups) };
    }
    return undefined;
  };

  return (request: IncomingMessage): { handler: Handler; params: Params } => {
    const path = pathOf(request);
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
    const found = find(method, path);
    if (found) return found;
    const allowed = methods.filter((other) => find(other, path));
    if (allowed.length > 0) {
      throw new GatewayError(
        'method_not_allowed',
        `${request.method} is not allowed on ${path}; use ${allowed.join(' or ')}.`,
        { allow: allowed },
      );
    }
    throw new GatewayError('not_found', `There is nothing at ${request.method} ${path}.`);
  };
}

/** A request's path without its query. */
export function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

export function queryOf(request: IncomingMessage): URLSearchParams {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  return new URLSearchParams(query === -1 ? '' : url.slice(query));
}

function decode(groups: Record<string, string | undefined>): Params {
  const params: Params = {};
  for (const [name, value] of Object.entries(groups)) {
    try {
      params[name] = decodeURIComponent(value ?? '');
    } catch {
      throw new GatewayError(
        'invalid_request',
        `The path's ${name} is not valid percent-encoding.`,
      );
    }
  }
  return params;
}
