import type { Handler, Routes } from '../_shared/http/router.ts';
import type { Api } from './api.ts';
import { type Call, openCall } from './call.ts';

/** The routes of an API whose calls go down the stairs, with and without `/v1`. */
export function callsOf(apis: Iterable<Api>, descend: (call: Call) => Promise<void>): Routes {
  const routes: Routes = {};
  for (const api of apis) {
    const handle: Handler = (request, response, params) =>
      descend(openCall(request, response, api, params));
    routes[`${api.method} ${api.endpoint}`] = handle;
    routes[`${api.method} ${api.endpoint.replace(/^\/v1/, '')}`] = handle;
  }
  return routes;
}
