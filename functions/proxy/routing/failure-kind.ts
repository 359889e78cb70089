import type { PolicyKind } from '../../_shared/config/routing.ts';
import type { GatewayError } from '../../_shared/errors.ts';

/** What went wrong at a deployment, as far as it says what to do next. */
export type FailureKind = PolicyKind | 'context_window' | 'not_found';

/** As providers put it that give no code; LiteLLM knows them by the same words. */
const contextWords =
  /maximum context length|context_length_exceeded|context window|model's context length|prompt is too long|input is too long|input tokens exceed|exceed(s|ed)? (the )?max(imum)? (number of )?(input )?token|exceed context limit|too many (input )?tokens/i;
const contentWords =
  /content_policy_violation|content management policy|rejected as a result of our safety system|content_filter|responsible ?ai ?policy/i;

export function failureKind(failure: GatewayError): FailureKind {
  const { status } = failure;
  if (failure.code === 'upstream_timeout' || status === 408 || status === 504) return 'timeout';
  if (status === 429) return 'rate_limit';
  if (status === 401 || status === 403) return 'authentication';
  if (status === 404) return 'not_found';
  if (status >= 500) return 'internal';
  const words = `${failure.body.error.code ?? ''} ${failure.message}`;
  if (contextWords.test(words)) return 'context_window';
  return contentWords.test(words) ? 'content_policy' : 'bad_request';
}

/** Whether it says nothing of the deployment: the caller left, or the gateway is at fault. */
export const isNoneOfIts = ({ code }: GatewayError): boolean =>
  code === 'client_closed' || code === 'internal';
