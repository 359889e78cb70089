import { SetupError } from '../../../_shared/config/environment.ts';
import type { Deployment } from '../../../_shared/config/gateway-config.ts';
import { encodeModel } from '../gemini/model-path.ts';

export const isClaude = (model: string) => model.startsWith('claude-');

/** LiteLLM's name for a tuned Gemini, which is a number: `vertex_ai/gemini/4965075652664360960`. */
const tuned = /^(?:gemini\/)?(\d+)$/;

/** Where a model is, below its project and location. */
export function modelPath(model: string): string {
  const endpoint = tuned.exec(model)?.[1];
  if (endpoint !== undefined) return `endpoints/${endpoint}`;
  const publisher = isClaude(model) ? 'anthropic' : 'google';
  return `publishers/${publisher}/models/${encodeModel(model)}`;
}

/** Vertex serves others too, each on a wire of its own. Throws a SetupError for these. */
export function checkModel(model: string, { modelName }: Deployment): void {
  if (!model.includes('/') || tuned.test(model)) return;
  throw new SetupError(
    `model_list entry ${modelName}: of Vertex AI's models only Gemini, Gemma and Claude are supported yet, under their bare names. ` +
      `For another use its OpenAI-compatible endpoint, with api_base and custom_llm_provider: custom_openai.`,
  );
}
