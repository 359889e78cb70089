import { SetupError } from '../../_shared/config/environment.ts';
import type { Deployment } from '../../_shared/config/gateway-config.ts';
import compatible from './compatible.json' with { type: 'json' };

/** Where a deployment's calls go, worked out once. */
export interface Target {
  provider: string;
  /** The name that the upstream knows the model by. */
  model: string;
  apiBase: string;
  origin: string;
  basePath: string;
  authorization: string | null;
}

type ProviderName = keyof typeof compatible;
const isProvider = (name: string): name is ProviderName => Object.hasOwn(compatible, name);

/**
 * Reads LiteLLM's `provider/model`. A prefix that is the provider's own name is cut off. With an
 * explicit `custom_llm_provider` of another name the model stays whole, so that names with a
 * slash of their own (`openai/gpt-4o` at OpenRouter) reach such an upstream unchanged. Throws a
 * SetupError for a provider that there is no row for.
 */
export function resolveTarget(deployment: Deployment): Target {
  const { provider, model } = splitModel(deployment);
  if (!isProvider(provider)) {
    throw new SetupError(
      `model_list entry ${deployment.modelName}: the provider "${provider}" is not supported yet. ` +
        `For an OpenAI-compatible endpoint set api_base and custom_llm_provider: custom_openai.`,
    );
  }
  const apiBase = deployment.apiBase ?? compatible[provider].api_base;
  if (apiBase === null) {
    throw new SetupError(`model_list entry ${deployment.modelName}: api_base is not set.`);
  }
  const url = new URL(apiBase);
  return {
    provider,
    model,
    apiBase,
    origin: url.origin,
    basePath: url.pathname.replace(/\/+$/, ''),
    authorization: deployment.apiKey === null ? null : `Bearer ${deployment.apiKey}`,
  };
}

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
  return { provider: prefix || 'openai', model };
}
