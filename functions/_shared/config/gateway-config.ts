import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { TokenPrices } from '../pricing/price.ts';
import type { Milliseconds } from '../units.ts';
import { type CacheRules, cacheSettings, toCacheRules } from './cache.ts';
import { parseConfigText, readConfigText } from './config-file.ts';
import { duration } from './duration.ts';
import {
  type ProviderParams,
  pickProviderParams,
  placeIn,
  providerParams,
} from './provider-params.ts';
import { type RecordingRules, recordingSections, toRecordingRules } from './recording.ts';
import {
  type DeploymentRouting,
  deploymentRouting,
  type RoutingRules,
  routingSections,
  toDeploymentRouting,
  toRoutingRules,
} from './routing.ts';
import { unknownKeys } from './unknown-keys.ts';

/** One upstream under a model's name. */
export interface Deployment {
  /** `model_info.id`, or a hash of what makes the deployment what it is. */
  id: string;
  /** The name that clients ask for. */
  modelName: string;
  /** LiteLLM's `provider/model`, or a bare model beside `custom_llm_provider`. */
  model: string;
  customProvider: string | null;
  apiBase: string | null;
  apiKey: string | null;
  /** One attempt, in milliseconds. */
  timeoutMs: number;
  /** The longest silence in a stream, its first chunk's too, in milliseconds. */
  streamTimeoutMs: number;
  prices: TokenPrices;
  /** The model whose price list applies, where the upstream's name says nothing. */
  baseModel: string | null;
  params: ProviderParams;
  routing: DeploymentRouting;
}

export interface GatewayConfig {
  deployments: Deployment[];
  routing: RoutingRules;
  recording: RecordingRules;
  /** Null where the cache is off. */
  cache: CacheRules | null;
  /** How long logs are kept, where the file says so. */
  logsKeptMs: Milliseconds | null;
  /** Keys of the file that are not honoured; named at start. */
  warnings: string[];
}

const price = z.coerce.number().min(0).max(1).optional();
const prices = {
  input_cost_per_token: price,
  output_cost_per_token: price,
  cache_read_input_token_cost: price,
  cache_creation_input_token_cost: price,
  input_cost_per_audio_token: price,
  output_cost_per_audio_token: price,
  output_cost_per_reasoning_token: price,
};
const seconds = z.coerce.number().positive().max(86_400);
const text = z.string().min(1).max(2048);

const modelEntry = z.object({
  model_name: z.string().min(1).max(512),
  litellm_params: z.object({
    model: z.string({ error: 'is missing' }).min(1).max(512),
    custom_llm_provider: text.optional(),
    api_base: z
      .url({
        protocol: /^https?$/,
        error:
          'must be a URL that begins with http:// or https://, such as https://api.openai.com/v1',
      })
      .optional(),
    api_key: text.optional(),
    timeout: seconds.optional(),
    stream_timeout: seconds.optional(),
    ...deploymentRouting.litellm_params,
    ...providerParams,
    ...prices,
  }),
  model_info: z
    .object({
      id: text.optional(),
      base_model: text.optional(),
      ...deploymentRouting.model_info,
      ...prices,
    })
    .optional(),
});

const file = z.object({
  model_list: z.array(modelEntry).min(1, 'needs at least one model').max(10_000),
  litellm_settings: z
    .object({
      request_timeout: seconds.default(600),
      ...recordingSections.litellm_settings,
      ...routingSections.litellm_settings,
      ...cacheSettings,
      drop_params: z.boolean().default(false),
    })
    .prefault({}),
  general_settings: z
    .object({ maximum_spend_logs_retention_period: duration.optional() })
    .prefault({}),
  router_settings: routingSections.router_settings,
  redaction: recordingSections.redaction,
});

/**
 * Reads a LiteLLM `config.yaml`. Throws a SetupError with every fault, each with its place.
 * `environment` is what `os.environ/NAME` looks into; a name that is not set counts as absent.
 */
export function readGatewayConfig(path: string, environment: NodeJS.ProcessEnv): GatewayConfig {
  return parseGatewayConfig(readConfigText(path), environment, path);
}

export function parseGatewayConfig(
  source: string,
  environment: NodeJS.ProcessEnv,
  path = 'config.yaml',
): GatewayConfig {
  const { config, given } = parseConfigText(file, source, environment, path);
  const { model_list, litellm_settings, general_settings } = config;
  return {
    deployments: withDistinctIds(model_list.map((entry) => toDeployment(entry, config))),
    routing: toRoutingRules(config),
    recording: toRecordingRules(config),
    cache: toCacheRules(litellm_settings, environment),
    logsKeptMs: general_settings.maximum_spend_logs_retention_period ?? null,
    warnings: unknownKeys(file, given).map(
      (key) => `${path}: ${key} is not supported yet and has no effect`,
    ),
  };
}

/**
 * Entries that differ by their key alone are two deployments as well: each has limits of its own,
 * and fails on its own.
 */
function withDistinctIds(deployments: Deployment[]): Deployment[] {
  const seen = new Map<string, number>();
  return deployments.map((deployment) => {
    const times = (seen.get(deployment.id) ?? 0) + 1;
    seen.set(deployment.id, times);
    return times === 1 ? deployment : { ...deployment, id: `${deployment.id}-${times}` };
  });
}

function toDeployment(
  entry: z.infer<typeof modelEntry>,
  { litellm_settings: settings, router_settings: router }: z.infer<typeof file>,
): Deployment {
  const { litellm_params: params, model_info: info, model_name: modelName } = entry;
  const identity = JSON.stringify([modelName, params.model, params.api_base, ...placeIn(params)]);
  const timeout = params.timeout ?? router.timeout ?? settings.request_timeout;
  return {
    id: info?.id ?? createHash('sha256').update(identity).digest('hex').slice(0, 32),
    modelName,
    model: params.model,
    customProvider: params.custom_llm_provider ?? null,
    apiBase: params.api_base?.replace(/\/+$/, '') ?? null,
    apiKey: params.api_key ?? null,
    timeoutMs: timeout * 1000,
    streamTimeoutMs: (params.stream_timeout ?? router.stream_timeout ?? timeout) * 1000,
    prices: toTokenPrices({ ...info, ...params }),
    baseModel: info?.base_model ?? null,
    params: pickProviderParams({
      ...params,
      drop_params: params.drop_params ?? settings.drop_params,
    }),
    routing: toDeploymentRouting(params, info),
  };
}

function toTokenPrices(given: z.infer<z.ZodObject<typeof prices>>): TokenPrices {
  const named: TokenPrices = {
    input: given.input_cost_per_token,
    output: given.output_cost_per_token,
    cache_read: given.cache_read_input_token_cost,
    cache_write: given.cache_creation_input_token_cost,
    input_audio: given.input_cost_per_audio_token,
    output_audio: given.output_cost_per_audio_token,
    reasoning: given.output_cost_per_reasoning_token,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}
