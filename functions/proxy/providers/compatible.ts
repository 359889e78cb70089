import rows from './compatible.json' with { type: 'json' };
import type { Place } from './place.ts';

/** A provider that speaks OpenAI's wire, and what it does otherwise. */
export interface Compatible extends Place {
  /** OpenAI's parameters that it knows by another name. */
  rename?: Record<string, string>;
  /** Parameters of OpenAI's that it refuses, or does nothing with; for `drop_params`. */
  cannot?: string[];
  /** APIs beside OpenAI's first ones that it has; what it has not is told by way of chat. */
  speaks?: string[];
  /** The role that it has in place of OpenAI's `developer`. */
  developer?: 'system';
  /** Its streams tell usage of themselves, and it refuses to be asked for it. */
  usage_unasked?: boolean;
  /** Put before a model's name that has no slash. */
  model_prefix?: string;
  /** LiteLLM's `groq/owner/model` is `owner/model:groq` there: who serves it comes last. */
  server_last?: boolean;
}

/** Under LiteLLM's names, by which `config.yaml` and the books know them. */
export const compatible: ReadonlyMap<string, Compatible> = new Map(
  Object.entries(rows as Record<string, Compatible>),
);

/** The name that a compatible provider knows a model of `config.yaml` by. */
export function modelNameAt({ model_prefix = '', server_last }: Compatible, model: string): string {
  if (!model.includes('/')) return model_prefix + model;
  const [server, owner, ...name] = model.split('/');
  return server_last && name.length > 0 ? `${owner}/${name.join('/')}:${server}` : model;
}
