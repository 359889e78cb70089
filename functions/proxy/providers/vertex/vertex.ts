import { SetupError } from '../../../_shared/config/environment.ts';
import type { Deployment } from '../../../_shared/config/gateway-config.ts';
import type { Adapter, Exchange, Provider } from '../adapter.ts';
import { createContentReader } from '../gemini/chunks.ts';
import { translateCompletion } from '../gemini/completion.ts';
import type { Dialect } from '../gemini/dialect.ts';
import { readFailure } from '../gemini/failure.ts';
import { buildContentRequest, candidatesAsked, methodOf } from '../gemini/request.ts';
import { commonHeaders } from '../openai-wire.ts';
import type { Found } from '../place.ts';
import { authorize } from './authorization.ts';
import { beginClaude, readClaudeFailure } from './claude.ts';
import { checkModel, isClaude, modelPath } from './model-path.ts';
import { locationOf, vertexPlace } from './place.ts';

/** Gemini and Claude at Google Cloud's Vertex AI (v1). */
export const vertex: Provider = { place: vertexPlace, connect: connectVertex };

const onVertex: Dialect = { provider: 'vertex_ai', hasCallIds: false, hasServiceTier: false };

function connectVertex(
  found: Found,
  deployment: Deployment,
  environment: NodeJS.ProcessEnv,
): Adapter {
  const { params, modelName } = deployment;
  const { basePath, apiKey } = found;
  const model = deployment.model.replace(/^vertex_ai\//, '');
  checkModel(model, deployment);
  const authorization = authorize(found, deployment, environment);
  const { VERTEXAI_PROJECT, VERTEX_PROJECT, GOOGLE_CLOUD_PROJECT } = environment;
  const project =
    params.vertex_project ||
    VERTEXAI_PROJECT ||
    VERTEX_PROJECT ||
    authorization.project ||
    GOOGLE_CLOUD_PROJECT;
  // A key of Vertex's express mode is of one project, which need not be said.
  if (!project && apiKey === null) {
    throw new SetupError(
      `model_list entry ${modelName}: vertex_project is not set, nor is VERTEXAI_PROJECT; set it to the id of the Google Cloud project.`,
    );
  }
  const location = locationOf(deployment, environment);
  const root = project
    ? `${basePath}/projects/${encodeURIComponent(project)}/locations/${location}`
    : basePath;
  const headers = async (): Promise<Record<string, string>> => ({
    ...commonHeaders,
    ...(await authorization.headers()),
    ...params.extra_headers,
  });
  return {
    streamType: 'text/event-stream',
    probe: async () => ({
      path: `${modelPath(model).startsWith('endpoints/') ? root : basePath}/${modelPath(model)}`,
      headers: await headers(),
    }),
    async begin(ask): Promise<Exchange> {
      const path = `${root}/${modelPath(ask.model)}`;
      if (isClaude(ask.model)) return beginClaude(ask, path, headers);
      // Before a token is asked for: what is refused needs none.
      const body = buildContentRequest(ask, onVertex);
      return {
        request: {
          path: `${path}:${methodOf(ask)}`,
          headers: await headers(),
          body: JSON.stringify(body),
        },
        completion: translateCompletion,
        read: () => createContentReader(candidatesAsked(body)),
      };
    },
    failure: (_status, body) => (isClaude(model) ? readClaudeFailure(body) : readFailure(body)),
  };
}
