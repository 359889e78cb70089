import { asGatewayError, GatewayError } from '../../_shared/errors.ts';
import type { CallStatus } from '../../_shared/events/types.ts';
import { relayAnswer } from '../answers/stream.ts';
import { readAnswer } from '../answers/whole.ts';
import type { Way } from '../api.ts';
import type { Call } from '../call.ts';
import { readErrorAnswer, readRetryAfter } from '../providers/openai-error.ts';
import type { Target } from '../providers/target.ts';
import type { Step } from '../stairs.ts';
import type { Upstream, UpstreamAnswer } from '../upstream.ts';

export interface AttemptParts {
  upstream: Upstream;
  /** By deployment id. */
  targets: Map<string, Target>;
  /** An answer that is not streamed is held whole, up to this many bytes. */
  maxAnswerBytes: number;
}

/** Asks the chosen deployment and reads or relays its answer. Each try is told in `attempts`. */
export function attempt({ upstream, targets, maxAnswerBytes }: AttemptParts): Step {
  return async function attempt(call) {
    const { api, deployment, asked, text, request } = call;
    const target = deployment && targets.get(deployment.id);
    if (!target || !asked || text === null) throw new Error('attempt needs a routed call');
    const startedAt = Date.now();
    const started = performance.now();
    let httpStatus: number | null = null;
    let failure: GatewayError | null = null;
    try {
      const way = await api.begin(
        { asked, text, deploymentId: deployment.id, clientHeaders: request.headers },
        target,
      );
      const answer = await upstream.open({
        target,
        ...way.request,
        timeoutMs: deployment.timeoutMs,
        silenceMs: asked.stream ? deployment.streamTimeoutMs : deployment.timeoutMs,
        clientGone: call.clientGone,
      });
      httpStatus = answer.status;
      try {
        await take(call, answer, { target, way, limit: maxAnswerBytes });
      } finally {
        answer.release();
      }
    } catch (thrown) {
      failure = asGatewayError(thrown);
      throw failure;
    } finally {
      const duration = performance.now() - started;
      call.upstreamMs += duration;
      call.attempts.push({
        deployment_id: deployment.id,
        provider: target.provider,
        upstream_model: target.model,
        api_base: target.apiBase,
        started_at: startedAt,
        duration_ms: duration,
        status: statusOf(failure),
        http_status: httpStatus,
        error: failure && { ...failure.body.error, message: failure.message.slice(0, 8192) },
      });
    }
  };
}

interface Taking {
  target: Target;
  way: Way;
  limit: number;
}

async function take(call: Call, answer: UpstreamAnswer, { target, way, limit }: Taking) {
  if (answer.status >= 300) throw await readFailure(answer, target, limit);
  if (way.relay && call.asked?.stream && answer.contentType.includes(way.streamType)) {
    await relayAnswer(call, answer, target, way.relay);
  } else {
    await readAnswer(call, answer, way, limit);
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

function statusOf(failure: GatewayError | null): CallStatus {
  if (failure === null) return 'success';
  const { code } = failure;
  return code === 'client_closed' || code === 'upstream_interrupted' ? 'interrupted' : 'failure';
}
