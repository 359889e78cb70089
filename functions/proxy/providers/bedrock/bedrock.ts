import { SetupError } from '../../../_shared/config/environment.ts';
import type { Deployment } from '../../../_shared/config/gateway-config.ts';
import type { Adapter, Exchange, Provider } from '../adapter.ts';
import { type CredentialSource, createCredentialCache } from '../aws/credential-cache.ts';
import { awsDomain, findCredentials } from '../aws/credentials.ts';
import { createSigner } from '../aws/signature.ts';
import { commonHeaders } from '../openai-wire.ts';
import type { Found, Place } from '../place.ts';
import { createConverseReader } from './chunks.ts';
import { translateCompletion } from './completion.ts';
import { readFailure } from './failure.ts';
import { modelFamily } from './model-family.ts';
import { modelPath, readModelId } from './model-id.ts';
import { buildConverseRequest } from './request.ts';

const streamType = 'application/vnd.amazon.eventstream';

/** Of all deployments, which often share a role. */
const cache = createCredentialCache({ limit: 1000, now: Date.now });

/** Amazon Bedrock's Converse and ConverseStream. */
export const bedrock: Provider = { place: findEndpoint, connect: connectBedrock };

function findEndpoint(deployment: Deployment, environment: NodeJS.ProcessEnv): Place {
  const region = regionOf(deployment, environment);
  const own = deployment.params.aws_bedrock_runtime_endpoint;
  const isTrusted = own === undefined || hostOf(own).endsWith(`.${awsDomain(region)}`);
  return {
    api_base: own ?? `https://bedrock-runtime.${region}.${awsDomain(region)}`,
    api_base_env: own ? [] : ['AWS_BEDROCK_RUNTIME_ENDPOINT', 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME'],
    // A signature is of no use to others; a bearer token is, and stays with AWS.
    api_key_env: isTrusted ? ['AWS_BEARER_TOKEN_BEDROCK'] : [],
  };
}

const hostOf = (url: string) => new URL(url).hostname;

/** In LiteLLM's order, and with its last resort. */
function regionOf({ model, params }: Deployment, environment: NodeJS.ProcessEnv): string {
  const { AWS_REGION_NAME, AWS_REGION, AWS_DEFAULT_REGION } = environment;
  return (
    params.aws_region_name ||
    readModelId(model.replace(/^bedrock(_converse)?\//, '')).region ||
    AWS_REGION_NAME ||
    AWS_REGION ||
    AWS_DEFAULT_REGION ||
    'us-west-2'
  );
}

function connectBedrock(
  found: Found,
  deployment: Deployment,
  environment: NodeJS.ProcessEnv,
): Adapter {
  const { params, baseModel } = deployment;
  const region = regionOf(deployment, environment);
  const { host } = new URL(found.origin);
  const credentials = findCredentials({ params, environment, region, cache });
  if ((params.aws_access_key_id === undefined) !== (params.aws_secret_access_key === undefined)) {
    throw new SetupError(
      `model_list entry ${deployment.modelName}: aws_access_key_id and aws_secret_access_key go together; set both.`,
    );
  }
  const isOwn = params.aws_access_key_id !== undefined || params.aws_role_name !== undefined;
  // Keys of the deployment's own count before the environment's bearer.
  const bearer = deployment.apiKey ?? (isOwn ? null : found.apiKey);
  if (bearer === null && credentials === null) throw lacksCredentials(deployment);
  const accept = `application/json, ${streamType}`;
  const headers = lowerCase({ ...commonHeaders, accept, ...params.extra_headers });
  const toSign = Object.fromEntries(
    Object.entries(headers).filter(([name]) => /^(content-type$|x-amz)/.test(name)),
  );
  const sign = createSigner({ region, service: 'bedrock' });

  async function authorize(method: string, path: string, body: string) {
    if (bearer !== null) return { ...headers, authorization: `Bearer ${bearer}` };
    const keys = await cache.get(credentials as CredentialSource);
    const signed = sign({ method, host, path, body, headers: toSign }, keys, new Date());
    return { ...headers, ...signed };
  }

  return {
    streamType,
    // A list that this host has, and that keys which may only call models are denied.
    async probe() {
      const path = `${found.basePath}/async-invoke?maxResults=1`;
      const denied = 'AccessDeniedException';
      return {
        path,
        headers: await authorize('GET', path, ''),
        // Of a wrong bearer it is said as well.
        isPassed: (answered) =>
          bearer === null && String(answered['x-amzn-errortype']).startsWith(denied),
      };
    },
    async begin(ask): Promise<Exchange> {
      const { id } = readModelId(ask.model);
      // An ARN says nothing of the model behind it.
      const family = modelFamily(id.startsWith('arn:') ? `${id} ${baseModel ?? ''}` : id);
      const { body, usesJsonTool } = buildConverseRequest(ask, family, params.guardrailConfig);
      const text = JSON.stringify(body);
      const operation = ask.chat.stream ? 'converse-stream' : 'converse';
      const path = `${found.basePath}${modelPath(id)}/${operation}`;
      return {
        request: { path, headers: await authorize('POST', path, text), body: text },
        completion: (answer) => translateCompletion(answer, usesJsonTool),
        read: () => createConverseReader(usesJsonTool),
      };
    },
    failure: readFailure,
  };
}

/** A header that is signed and one that is not must not be two of one name. */
const lowerCase = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

const lacksCredentials = ({ modelName }: Deployment) =>
  new SetupError(
    `model_list entry ${modelName}: no AWS credentials. Set aws_access_key_id and aws_secret_access_key, ` +
      'or api_key to a key of Bedrock; or set AWS_BEARER_TOKEN_BEDROCK, AWS_ACCESS_KEY_ID and ' +
      'AWS_SECRET_ACCESS_KEY, or AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE.',
  );
