import { GatewayError } from '../../_shared/errors.ts';
import type { EpochMs } from '../../_shared/units.ts';
import type { Candidate } from './candidate.ts';
import { inMinuteOf, untilNextMinute } from './deployment-state.ts';

/** Those that have room for another call this minute, of `tokens` at the least. */
export function filterByLimits(
  candidates: readonly Candidate[],
  tokens: number,
  now: EpochMs,
  model: string,
): readonly Candidate[] {
  const free = candidates.filter(({ deployment: { routing }, state }) => {
    if (routing.rpm === null && routing.tpm === null) return true;
    const used = inMinuteOf(state, now);
    return (
      used.requests < (routing.rpm ?? Number.POSITIVE_INFINITY) &&
      used.tokens + tokens <= (routing.tpm ?? Number.POSITIVE_INFINITY)
    );
  });
  if (free.length > 0) return free;
  const seconds = Math.ceil(untilNextMinute(now) / 1000);
  throw new GatewayError(
    'rate_limit',
    `No deployments available for the model '${model}': each is at its rpm or tpm. Try again in ${seconds} s.`,
    { retryAfter: seconds },
  );
}

/** Those whose context window a prompt of `tokens` fits into. */
export function filterByContextWindow(
  candidates: readonly Candidate[],
  tokens: number,
  windowOf: (candidate: Candidate) => number | null,
  model: string,
): readonly Candidate[] {
  const fitting = candidates.filter((candidate) => tokens <= (windowOf(candidate) ?? tokens));
  if (fitting.length > 0) return fitting;
  const largest = Math.max(...candidates.map((candidate) => windowOf(candidate) ?? 0));
  throw new GatewayError(
    'invalid_request',
    `The prompt has at least ${tokens} tokens; the model '${model}' takes ${largest}. Shorten it, or ask for a model with a larger context window.`,
    { upstreamCode: 'context_length_exceeded', param: 'messages' },
  );
}
