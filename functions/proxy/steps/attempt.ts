import { asGatewayError, GatewayError } from '../../_shared/errors.ts';
import type { CallStatus } from '../../_shared/events/types.ts';
import { relayAnswer } from '../answers/stream.ts';
import { readAnswer } from '../answers/whole.ts';
import type { Call } from '../call.ts';
import type { Exchange, WireRequest } from '../providers/adapter.ts';
import { chatBody, withoutGatewayParameters } from '../providers/chat-body.ts';
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
    const { deployment, chat } = call;
    const target = deployment && targets.get(deployment.id);
    if (!target || !chat) throw new Error('attempt needs a routed call');
    const startedAt = Date.now();
    const started = performance.now();
    let httpStatus: number | null = null;
    let failure: GatewayError | null = null;
    try {
      const exchange = target.adapter && (await beginExchange(call, target));
      const answer = await upstream.open({
        target,
        ...(exchange?.request ?? openAiRequest(call, target)),
        timeoutMs: deployment.timeoutMs,
        silenceMs: chat.stream ? deployment.streamTimeoutMs : deployment.timeoutMs,
        clientGone: call.clientGone,
      });
      httpStatus = answer.status;
      try {
        await take(call, answer, { target, exchange, limit: maxAnswerBytes });
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

/** On OpenAI's wire the client's own bytes go on. */
function openAiRequest({ chat, text }: Call, { openai, model }: Target): WireRequest {
  if (!chat || text === null || !openai) throw new Error("this is OpenAI's wire, and a call read");
  return {
    path: openai.pathOf('/chat/completions'),
    headers: openai.headers,
    body: chatBody(text, chat, model, openai.difference),
  };
}

function beginExchange({ chat, request }: Call, { adapter, model, dropParams }: Target) {
  if (!chat || !adapter) throw new Error('this is a wire of its own, and a call read');
  return adapter.begin({
    chat: withoutGatewayParameters(chat),
    model,
    dropParams: dropParams || chat.drop_params === true,
    clientHeaders: request.headers,
  });
}

interface Taking {
  target: Target;
  exchange: Exchange | null;
  limit: number;
}

async function take(call: Call, answer: UpstreamAnswer, { target, exchange, limit }: Taking) {
  if (answer.status >= 300) throw await readFailure(answer, target, limit);
  const streamType = target.adapter?.streamType ?? 'text/event-stream';
  if (call.chat?.stream && answer.contentType.includes(streamType)) {
    await relayAnswer(call, answer, target, exchange);
  } else {
    await readAnswer(call, answer, exchange, limit);
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
