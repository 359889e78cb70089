import type { CooldownRules } from '../../_shared/config/routing.ts';
import type { GatewayError } from '../../_shared/errors.ts';
import type { DeploymentState } from './deployment-state.ts';
import { failureKind } from './failure-kind.ts';
import { numberIn } from './retries.ts';

/** LiteLLM's figures: what share of a minute's calls must fail, and of how many at the least. */
const failingShare = 0.5;
const fewestCalls = 5;
/** Of a deployment without another beside it: all calls of a minute, and these many. */
const fewestCallsAlone = 1000;

/** A request that is wrong is wrong everywhere. */
export function isFaultOfDeployment({ status }: GatewayError): boolean {
  return status >= 500 || status === 429 || status === 401 || status === 408 || status === 404;
}

/**
 * Whether a deployment is to be left alone after this failure, which is in the minute's counts
 * already. `isAlone`: no other one of its group can take its calls.
 */
export function shouldCool(
  failure: GatewayError,
  { ended, failures }: Pick<DeploymentState, 'ended' | 'failures'>,
  isAlone: boolean,
  rules: CooldownRules,
): boolean {
  if (!isFaultOfDeployment(failure)) return false;
  if (isAlone) return failures === ended && ended >= fewestCallsAlone;
  const allowed = numberIn(rules.allowedFailsPolicy, failureKind(failure)) ?? rules.allowedFails;
  if (allowed !== null) return failures > allowed;
  if (failure.status < 500) return true;
  return ended >= fewestCalls && failures / ended > failingShare;
}
