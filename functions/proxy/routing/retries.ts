import type { FailurePolicy, RoutingRules } from '../../_shared/config/routing.ts';
import type { FailureKind } from './failure-kind.ts';

/** What may be right at another deployment, and only there: its key, or what it serves. */
export const isOnlyElsewhere = (kind: FailureKind): boolean =>
  kind === 'authentication' || kind === 'not_found';

const isWorthAnother = (kind: FailureKind): boolean =>
  kind === 'timeout' || kind === 'rate_limit' || kind === 'internal' || isOnlyElsewhere(kind);

/**
 * How many retries a failure is worth: what a policy says of its kind, the group's own first; else
 * `usual` for what another try may mend, and none for what it may not.
 */
export function retriesFor(
  kind: FailureKind,
  group: string,
  usual: number,
  { retryPolicy, groupRetryPolicies }: Pick<RoutingRules, 'retryPolicy' | 'groupRetryPolicies'>,
): number {
  const own = numberIn(groupRetryPolicies.get(group), kind) ?? numberIn(retryPolicy, kind);
  return own ?? (isWorthAnother(kind) ? usual : 0);
}

/** LiteLLM's policies have no word for the other two, which are bad requests to it. */
export function numberIn(policy: FailurePolicy | undefined, kind: FailureKind): number | undefined {
  if (policy === undefined) return undefined;
  return policy[kind === 'context_window' || kind === 'not_found' ? 'bad_request' : kind];
}
