import { isObject, type Json } from '../json.ts';

/** A point up to which the prompt is cached, where LiteLLM's `cache_control` marks one. */
export function cachePoint(...places: Json[]): Json[] {
  const mark = places.find((place) => place.cache_control != null)?.cache_control;
  if (mark === undefined) return [];
  const ttl = isObject(mark) && (mark.ttl === '5m' || mark.ttl === '1h') ? { ttl: mark.ttl } : {};
  return [{ cachePoint: { type: 'default', ...ttl } }];
}
