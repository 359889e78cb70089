import { SetupError } from '../../../_shared/config/environment.ts';
import type { Deployment } from '../../../_shared/config/gateway-config.ts';
import type { Found } from '../place.ts';
import { createAccessToken } from './access-token.ts';
import { type Credentials, readCredentials } from './credentials.ts';
import { metadataServer, tokenEndpoint } from './token-sources.ts';

export interface Authorization {
  headers(): Promise<Record<string, string>>;
  /** The project that the credentials are of. */
  project: string | null;
}

/**
 * How a deployment shows who it is: by its own credentials or key, else by those of the
 * environment, as Google's clients find them: GOOGLE_APPLICATION_CREDENTIALS, the metadata server.
 */
export function authorize(
  { apiKey, trusted }: Found,
  { params, modelName }: Deployment,
  environment: NodeJS.ProcessEnv,
): Authorization {
  const entry = `model_list entry ${modelName}`;
  const { vertex_credentials: own } = params;
  if (own !== undefined) return byCredentials(readCredentials(own, `${entry}: vertex_credentials`));
  if (apiKey !== null) {
    return { project: null, headers: async () => ({ 'x-goog-api-key': apiKey }) };
  }
  if (!trusted) {
    throw new SetupError(
      `${entry}: its api_base is not Google's, so it has to come with its vertex_credentials or api_key.`,
    );
  }
  const { GOOGLE_APPLICATION_CREDENTIALS: path } = environment;
  if (path) return byCredentials(readCredentials(path, 'GOOGLE_APPLICATION_CREDENTIALS'));
  return { project: null, headers: bearer(createAccessToken(metadataServer(environment))) };
}

function byCredentials(credentials: Credentials): Authorization {
  const token = createAccessToken(tokenEndpoint(credentials));
  return { project: credentials.project, headers: bearer(token) };
}

const bearer = (token: () => Promise<string>) => async () => ({
  authorization: `Bearer ${await token()}`,
});
