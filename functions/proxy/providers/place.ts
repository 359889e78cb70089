import { SetupError } from '../../_shared/config/environment.ts';
import type { Deployment } from '../../_shared/config/gateway-config.ts';

/** Where a provider is when `config.yaml` does not say, and the variables that may say so. */
export interface Place {
  api_base?: string;
  /** The first that is set counts. */
  api_base_env: string[];
  api_key_env: string[];
  /** What its API's paths begin with where `api_base` leaves it out, as Ollama's may. */
  base_suffix?: string;
}

export interface Found {
  apiBase: string;
  origin: string;
  /** Without a slash at its end. */
  basePath: string;
  apiKey: string | null;
  /** Whether it is the provider's own, or the environment's: what the environment's credentials may go to. */
  trusted: boolean;
}

/**
 * A deployment's URL and key: its own, or those that LiteLLM would find in the environment. The
 * environment's key goes to the provider's own place, or to the one that the environment names:
 * an `api_base` in the file may be anyone's, and has to come with its key.
 */
export function findPlace(
  place: Place,
  deployment: Deployment,
  environment: NodeJS.ProcessEnv,
): Found {
  const named = firstOf(place.api_base_env, environment);
  const given = deployment.apiBase ?? named ?? place.api_base;
  if (given === undefined) {
    const or = place.api_base_env.length > 0 ? `, nor is ${place.api_base_env.join(' or ')}` : '';
    throw new SetupError(
      `model_list entry ${deployment.modelName}: api_base is not set${or}; set it to the URL of the API.`,
    );
  }
  const url = parseBase(given, deployment);
  const suffix = place.base_suffix ?? '';
  const path = url.pathname.replace(/\/+$/, '');
  const basePath = path.endsWith(suffix) ? path : path + suffix;
  const own = [named, place.api_base].filter((base) => base !== undefined);
  const trusted = own.length === 0 || own.some((base) => originOf(base) === url.origin);
  return {
    apiBase: `${url.origin}${basePath}`,
    origin: url.origin,
    basePath,
    apiKey: deployment.apiKey ?? (trusted ? firstOf(place.api_key_env, environment) : null) ?? null,
    trusted,
  };
}

function firstOf(names: string[], environment: NodeJS.ProcessEnv): string | undefined {
  return names
    .map((name) => environment[name])
    .find((value) => value !== undefined && value !== '');
}

function originOf(base: string): string | null {
  return URL.canParse(base) ? new URL(base).origin : null;
}

function parseBase(base: string, { modelName }: Deployment): URL {
  const url = URL.canParse(base) ? new URL(base) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new SetupError(
      `model_list entry ${modelName}: its api_base must be a URL that begins with http:// or https://.`,
    );
  }
  return url;
}
