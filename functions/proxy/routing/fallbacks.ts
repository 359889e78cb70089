import type { FallbackLists, FallbackRules } from '../../_shared/config/routing.ts';
import type { FailureKind } from './failure-kind.ts';
import type { FallbackEntry, RequestOptions } from './request-options.ts';

/** LiteLLM's key for the fallbacks of every model that has none of its own. */
const anyModel = '*';

const listIn = (lists: FallbackLists | null, model: string) =>
  lists?.get(model) ?? lists?.get(anyModel);

/**
 * What to ask in place of a model that failed, in order: of a prompt that was too long or refused
 * for what it says, what is set for that, else what is set for any failure. The request's own come
 * before those of the configuration.
 */
export function fallbacksFor(
  model: string,
  kind: FailureKind,
  rules: FallbackRules,
  request: RequestOptions,
): readonly FallbackEntry[] {
  if (request.disableFallbacks) return [];
  const special =
    kind === 'context_window'
      ? (listIn(request.contextWindow, model) ?? listIn(rules.contextWindow, model))
      : kind === 'content_policy'
        ? (listIn(request.contentPolicy, model) ?? listIn(rules.contentPolicy, model))
        : undefined;
  return special ?? request.fallbacks ?? listIn(rules.general, model) ?? rules.usual;
}
