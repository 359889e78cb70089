import type { Provider } from './adapter.ts';
import { anthropic } from './anthropic/anthropic.ts';
import { gemini } from './gemini/gemini.ts';
import { vertex } from './vertex/vertex.ts';

/** The wires that are not OpenAI's, under LiteLLM's names for their providers. */
export const adapters: ReadonlyMap<string, Provider> = new Map([
  ['anthropic', anthropic],
  ['gemini', gemini],
  ['vertex_ai', vertex],
]);
