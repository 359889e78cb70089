import { GatewayError } from '../../_shared/errors.ts';
import type { Relay, Way } from '../api.ts';
import type { Trial } from '../attempt/trial.ts';
import type { Answer, Call } from '../call.ts';
import type { Target } from '../providers/target.ts';
import { asUpstreamError, type UpstreamAnswer } from '../upstream.ts';
import { replyHeaders } from './reply-headers.ts';
import { streamHeaders } from './stream-headers.ts';

/** How long an upstream may take to end its answer after `[DONE]`, to keep its connection. */
const lingerMs = 1000;

/**
 * Relays a stream to the client as it comes, all but its end. The head waits for the first event,
 * so that an upstream that fails at once can be followed by another, or answered as a plain error.
 * Rejects when the stream does not come whole; `trial.answer` then holds what did.
 */
export async function relayAnswer(
  call: Call,
  trial: Trial,
  answer: UpstreamAnswer,
  target: Target,
  begin: NonNullable<Way['relay']>,
) {
  const { response } = call;
  const relay = begin({
    onFirstToken: () => {
      trial.firstTokenAt = performance.now();
      if (trial.hasAnswered) call.firstTokenAt = trial.firstTokenAt;
    },
    onChunk: call.cache?.onChunk ?? null,
  });
  trial.answer = streamed(call, relay);

  const send = (text: string): boolean => {
    if (!trial.hasAnswered) trial.claim();
    // Others may wait for the answer when its own client has gone.
    if (response.destroyed) return true;
    if (!response.headersSent) {
      response.writeHead(200, { ...streamHeaders, ...replyHeaders(call, null) });
    }
    return response.write(text);
  };

  await new Promise<void>((resolve, reject) => {
    const { body } = answer;
    const resume = () => body.resume();
    response.once('close', resume);
    const stop = (error: unknown) => {
      response.off('drain', resume).off('close', resume);
      body.destroy();
      reject(error);
    };
    // Some upstreams hold the connection open after `[DONE]`, or cut it; the answer is whole.
    const letGo = () => {
      response.off('drain', resume);
      const timer = setTimeout(() => body.destroy(), lingerMs);
      body.once('close', () => clearTimeout(timer));
      resolve();
    };
    body.on('data', (bytes: Buffer) => {
      if (relay.done) return;
      try {
        const text = relay.push(bytes);
        const flows = text === '' || send(text);
        if (relay.done) letGo();
        if (flows || relay.done) return;
        body.pause();
        response.once('drain', resume);
      } catch (error) {
        stop(error);
      }
    });
    body.on('end', () => {
      response.off('drain', resume).off('close', resume);
      resolve();
    });
    body.on('error', (error) => stop(asUpstreamError(error, target, true)));
  });

  // A stream of nothing but `[DONE]` is none: not even its head has gone out.
  if (!relay.whole || !trial.hasAnswered) {
    throw new GatewayError(
      'upstream_interrupted',
      'The upstream ended the stream before the answer was whole.',
    );
  }
}

function streamed(call: Call, relay: Relay): Answer {
  const { told } = relay;
  return {
    get body() {
      return told.body;
    },
    text: null,
    get tokens() {
      return told.tokens;
    },
    get responseId() {
      return told.responseId;
    },
    get finishReason() {
      return told.finishReason;
    },
    completion: () => told.completion(),
    finish(cost) {
      call.response.end(relay.end({ tokens: call.tokens?.tokens ?? null, cost }));
    },
  };
}
