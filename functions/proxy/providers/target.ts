import { SetupError } from '../../_shared/config/environment.ts';
import type { Deployment } from '../../_shared/config/gateway-config.ts';
import type { Adapter } from './adapter.ts';
import { adapters } from './adapters.ts';
import { azureWire } from './azure.ts';
import { compatible, modelNameAt } from './compatible.ts';
import { type OpenAiWire, openAiWire } from './openai-wire.ts';
import { findPlace } from './place.ts';

interface Place {
  provider: string;
  /** The name that the upstream knows the model by. */
  model: string;
  apiBase: string;
  origin: string;
  /** What the provider can't do is dropped from a request, not refused. */
  dropParams: boolean;
}

/** Where a deployment's calls go, and how, worked out once. */
export type Target = Place &
  ({ openai: OpenAiWire; adapter: null } | { openai: null; adapter: Adapter });

/**
 * Reads LiteLLM's `provider/model`. A prefix that is the provider's own name is cut off. With an
 * explicit `custom_llm_provider` of another name the model stays whole, so that names with a
 * slash of their own (`openai/gpt-4o` at OpenRouter) reach such an upstream unchanged. Throws a
 * SetupError for a provider that is not known. `environment` has the URLs and keys that the
 * deployment does not.
 */
export function resolveTarget(deployment: Deployment, environment: NodeJS.ProcessEnv = {}): Target {
  const { provider, model } = splitModel(deployment);
  const dropParams = deployment.params.drop_params ?? false;
  const foreign = adapters.get(provider);
  if (foreign) {
    const { place } = foreign;
    const where = typeof place === 'function' ? place(deployment, environment) : place;
    const found = findPlace(where, deployment, environment);
    const adapter = foreign.connect(found, deployment, environment);
    const { apiBase, origin } = found;
    return { provider, model, apiBase, origin, dropParams, openai: null, adapter };
  }
  const row = compatible.get(provider);
  if (!row) {
    throw new SetupError(
      `model_list entry ${deployment.modelName}: the provider "${provider}" is not supported yet. ` +
        `For an OpenAI-compatible endpoint set api_base and custom_llm_provider: custom_openai.`,
    );
  }
  const found = findPlace(row, deployment, environment);
  const { apiBase, origin } = found;
  const name = modelNameAt(row, model);
  const openai =
    provider === 'azure' ? azureWire(found, deployment, name) : openAiWire(row, found, deployment);
  return { provider, model: name, apiBase, origin, dropParams, openai, adapter: null };
}

const isProvider = (name: string) => adapters.has(name) || compatible.has(name);

function splitModel({ model, customProvider, apiBase }: Deployment) {
  const slash = model.indexOf('/');
  const prefix = slash === -1 ? '' : model.slice(0, slash);
  if (customProvider !== null) {
    return {
      provider: customProvider,
      model: prefix === customProvider ? model.slice(slash + 1) : model,
    };
  }
  if (isProvider(prefix)) return { provider: prefix, model: model.slice(slash + 1) };
  if (apiBase !== null) return { provider: 'custom_openai', model };
  return { provider: prefix || (model.startsWith('claude-') ? 'anthropic' : 'openai'), model };
}
