import type { Provider } from './adapter.ts';
import { anthropic } from './anthropic/anthropic.ts';

/** The wires that are not OpenAI's, under LiteLLM's names for their providers. */
export const adapters: ReadonlyMap<string, Provider> = new Map([['anthropic', anthropic]]);
