import { SetupError } from '../../../_shared/config/environment.ts';
import type { Deployment } from '../../../_shared/config/gateway-config.ts';
import type { Place } from '../place.ts';

/** LiteLLM's. */
const defaultLocation = 'us-central1';

export function locationOf(
  { params, modelName }: Deployment,
  environment: NodeJS.ProcessEnv,
): string {
  const { VERTEXAI_LOCATION, VERTEX_LOCATION } = environment;
  const location =
    params.vertex_location || VERTEXAI_LOCATION || VERTEX_LOCATION || defaultLocation;
  // It becomes part of a host's name.
  if (!/^[a-z0-9-]{1,63}$/.test(location)) {
    throw new SetupError(
      `model_list entry ${modelName}: vertex_location is no location of Google Cloud, such as europe-west4 or global.`,
    );
  }
  return location;
}

/** Each region has a host, and so has the world; the two multi-regions have theirs elsewhere. */
export function vertexPlace(deployment: Deployment, environment: NodeJS.ProcessEnv): Place {
  const location = locationOf(deployment, environment);
  const host =
    location === 'global'
      ? 'aiplatform.googleapis.com'
      : /^(us|eu)$/.test(location)
        ? `aiplatform.${location}.rep.googleapis.com`
        : `${location}-aiplatform.googleapis.com`;
  return {
    api_base: `https://${host}`,
    api_base_env: ['VERTEXAI_API_BASE', 'VERTEX_API_BASE'],
    api_key_env: [],
    base_suffix: '/v1',
  };
}
