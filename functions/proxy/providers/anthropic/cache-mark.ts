import type { Json } from '../json.ts';

/** LiteLLM lets a client mark what is to be cached wherever Anthropic does; the mark goes as it is. */
export function cacheMark(...places: Json[]): { cache_control?: unknown } {
  const marked = places.find((place) => place.cache_control != null);
  return marked ? { cache_control: marked.cache_control } : {};
}
