import type { Deployment } from '../../_shared/config/gateway-config.ts';
import { answerJson } from '../../_shared/http/answer.ts';
import type { Handler, Routes } from '../../_shared/http/router.ts';
import type { Authenticator } from '../steps/authenticate.ts';

/** LiteLLM's own constant: a gateway's names were not "created" at any time of the provider's. */
const created = 1677610602;

/** OpenAI's list of models: the names that a client may ask for. */
export function models(deployments: Deployment[], authenticator: Authenticator): Routes {
  const names = [...new Set(deployments.map((deployment) => deployment.modelName))];
  const data = names.map((id) => ({ id, object: 'model', created, owned_by: 'openai' }));
  const handle: Handler = (request, response) => {
    authenticator(request.headers);
    answerJson(response, 200, { object: 'list', data });
  };
  return { 'GET /v1/models': handle, 'GET /models': handle };
}
