import { GatewayError } from '../../_shared/errors.ts';
import { answerJson } from '../../_shared/http/answer.ts';
import type { Handler, Routes } from '../../_shared/http/router.ts';
import type { Authenticator } from '../steps/authenticate.ts';

/** LiteLLM's own constant: a gateway's names were not "created" at any time of the provider's. */
const created = 1677610602;

/** OpenAI's list of models, the names that a client may ask for, and each of them alone. */
export function models(names: readonly string[], authenticator: Authenticator): Routes {
  const data = names.map((id) => ({ id, object: 'model', created, owned_by: 'openai' }));
  const byId = new Map(data.map((model) => [model.id, model]));
  const list: Handler = (request, response) => {
    authenticator(request.headers);
    answerJson(response, 200, { object: 'list', data });
  };
  const find: Handler = (request, response, { id = '' }) => {
    authenticator(request.headers);
    const model = byId.get(id);
    if (!model) {
      // OpenAI's words, type and code, for clients that look for them.
      throw new GatewayError('model_not_found', `The model '${id.slice(0, 512)}' does not exist`, {
        type: 'invalid_request_error',
        param: 'model',
      });
    }
    answerJson(response, 200, model);
  };
  // A name may have slashes of its own (`openai/gpt-4o`), encoded or not.
  return {
    'GET /v1/models': list,
    'GET /models': list,
    'GET /v1/models/:id(.+)': find,
    'GET /models/:id(.+)': find,
  };
}
