import type { Provider } from './adapter.ts';
import { anthropic } from './anthropic/anthropic.ts';
import { bedrock } from './bedrock/bedrock.ts';
import { cohere } from './cohere/cohere.ts';
import { gemini } from './gemini/gemini.ts';
import { vertex } from './vertex/vertex.ts';

/** The wires that are not OpenAI's, under LiteLLM's names for their providers. */
export const adapters: ReadonlyMap<string, Provider> = new Map([
  ['anthropic', anthropic],
  ['gemini', gemini],
  ['vertex_ai', vertex],
  ['bedrock', bedrock],
  ['bedrock_converse', bedrock],
  ['cohere', cohere],
  ['cohere_chat', cohere],
]);
