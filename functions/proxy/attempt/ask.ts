import { asGatewayError, GatewayError } from '../../_shared/errors.ts';
import { relayAnswer } from '../answers/stream.ts';
import { readAnswer } from '../answers/whole.ts';
import type { Way } from '../api.ts';
import type { Call } from '../call.ts';
import { readErrorAnswer, readRetryAfter } from '../providers/openai-error.ts';
import type { Target } from '../providers/target.ts';
import type { Leg, RoutePlan } from '../routing/route-plan.ts';
import type { Upstream, UpstreamAnswer } from '../upstream.ts';
import type { Trial } from './trial.ts';

export interface AskParts {
  upstream: Upstream;
  /** An answer that is not streamed is held whole, up to this many bytes. */
  maxAnswerBytes: number;
}

/**
 * Asks one deployment and reads or relays its answer. Resolves with what went wrong, or null; the
 * attempt is booked by then.
 */
export async function ask(
  call: Call,
  plan: RoutePlan,
  trial: Trial,
  { upstream, maxAnswerBytes }: AskParts,
): Promise<GatewayError | null> {
  const { leg, signal } = trial;
  const { asked, text, candidate } = leg;
  const { target, deployment } = candidate;
  try {
    const way = await call.api.begin(
      { asked, text, deploymentId: deployment.id, clientHeaders: call.request.headers },
      target,
    );
    const answer = await upstream.open({
      target,
      ...way.request,
      ...patienceOf(plan, leg),
      signal,
    });
    trial.httpStatus = answer.status;
    try {
      await take(call, trial, answer, { target, way, limit: maxAnswerBytes });
    } finally {
      answer.release();
    }
  } catch (thrown) {
    const failure = asGatewayError(thrown);
    trial.end(failure);
    return failure;
  }
  trial.end(null);
  return null;
}

/** A request can have less patience than its deployment, not more. */
function patienceOf({ options, leftMs }: RoutePlan, { candidate, asked }: Leg) {
  const { timeoutMs, streamTimeoutMs } = candidate.deployment;
  const whole = Math.max(1, Math.min(timeoutMs, leftMs() ?? timeoutMs));
  const gap = asked.stream ? Math.min(streamTimeoutMs, options.streamTimeoutMs ?? whole) : whole;
  return { timeoutMs: whole, silenceMs: gap };
}

interface Taking {
  target: Target;
  way: Way;
  limit: number;
}

async function take(
  call: Call,
  trial: Trial,
  answer: UpstreamAnswer,
  { target, way, limit }: Taking,
) {
  if (answer.status >= 300) throw await readFailure(answer, target, limit);
  if (way.relay && trial.leg.asked.stream && answer.contentType.includes(way.streamType)) {
    await relayAnswer(call, trial, answer, target, way.relay);
  } else {
    await readAnswer(call, trial, answer, way, limit);
  }
}

async function readFailure(
  answer: UpstreamAnswer,
  { adapter }: Target,
  limit: number,
): Promise<GatewayError> {
  if (answer.status < 400) {
    // Destroyed before its end it emits an error, and one that nobody hears ends the process.
    answer.body.on('error', () => {}).destroy();
    return new GatewayError(
      'upstream',
      `The upstream answered ${answer.status}, a redirect; redirects are not followed. Check api_base.`,
    );
  }
  const text = await answer.text(limit);
  const retryAfter = readRetryAfter(answer.retryAfter, Date.now());
  return readErrorAnswer({ ...answer, retryAfter }, text, adapter);
}
