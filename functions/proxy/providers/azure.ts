import type { Deployment } from '../../_shared/config/gateway-config.ts';
import { commonHeaders, type OpenAiWire } from './openai-wire.ts';
import type { Found } from './place.ts';

/** LiteLLM's. */
const defaultVersion = '2025-02-01-preview';
/** Names of the API that has no versions: there the model is in the body, as at OpenAI. */
const unversioned = new Set(['v1', 'latest', 'preview']);

/**
 * Azure OpenAI: the model is a deployment in the path, the version a parameter of the query, the
 * key a header of its own. An `api_base` may name the resource, one deployment of it
 * (`…/openai/deployments/x`), or the API without versions (`…/openai/v1`).
 */
export function azureWire(found: Found, deployment: Deployment, model: string): OpenAiWire {
  const { api_version = defaultVersion, azure_ad_token: token, extra_headers } = deployment.params;
  const { basePath, apiKey } = found;
  const base = basePath.replace(/\/openai$/, '');
  const isV1 = unversioned.has(api_version) || base.endsWith('/openai/v1');
  const root = isV1
    ? base.replace(/(\/openai\/v1)?$/, '/openai/v1')
    : base.includes('/openai/deployments/')
      ? base
      : `${base}/openai/deployments/${encodeURIComponent(model)}`;
  const version = encodeURIComponent(api_version);
  return {
    pathOf(path) {
      if (isV1) return root + path;
      const isOfDeployment = !/^\/(models|responses)\b/.test(path);
      const at = isOfDeployment ? root : root.replace(/\/deployments\/.*$/, '');
      return `${at}${path}?api-version=${version}`;
    },
    headers: {
      ...commonHeaders,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(token !== undefined || apiKey === null ? {} : { 'api-key': apiKey }),
      ...extra_headers,
    },
    speaks: new Set(['/responses']),
    difference: null,
  };
}
