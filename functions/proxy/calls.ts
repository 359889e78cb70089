import type { Handler, Routes } from '../_shared/http/router.ts';
import type { Api } from './api.ts';
import { type Call, openCall } from './call.ts';

/** The routes of the APIs whose calls go down the stairs. */
export function callsOf(apis: Iterable<Api>, descend: (call: Call) => Promise<void>): Routes {
  const routes: Routes = {};
  for (const api of apis) {
    const handle: Handler = (request, response, params) =>
      descend(openCall(request, response, api, params));
    for (const path of pathsOf(api)) routes[`${api.method} ${path}`] = handle;
  }
  return routes;
}

/** With and without `/v1`; and as Azure's clients and OpenAI's first ones ask, the model in the path. */
function pathsOf({ endpoint, hasBody }: Api): string[] {
  const path = endpoint.replace(/^\/v1/, '');
  if (path === endpoint) return [path];
  const model = ':model(.+)';
  const byModel = [
    `/openai/deployments/${model}${path}`,
    `/engines/${model}${path}`,
    `/v1/engines/${model}${path}`,
  ];
  return [endpoint, path, ...(hasBody === false ? [] : byModel)];
}
