import { GatewayError } from '../../_shared/errors.ts';
import { nanosToDollars } from '../../_shared/money.ts';
import type { Call } from '../call.ts';
import type { Exchange } from '../providers/adapter.ts';
import { readOpenAiUsage, toOpenAiUsage } from '../providers/openai-usage.ts';
import type { Target } from '../providers/target.ts';
import { createRelay, type Relay } from '../stream/relay.ts';
import { createTranslation } from '../stream/translation.ts';
import { asUpstreamError, type UpstreamAnswer } from '../upstream.ts';
import { replyHeaders } from './reply-headers.ts';

/** How long an upstream may take to end its answer after `[DONE]`, to keep its connection. */
const lingerMs = 1000;

/**
 * Relays a stream to the client as it comes, all but its end. The head waits for the first event,
 * so that an upstream that fails at once is answered as a plain error. Rejects when the stream
 * does not come whole; `call.answer` then holds what did.
 */
export async function relayAnswer(
  call: Call,
  answer: UpstreamAnswer,
  target: Target,
  exchange: Exchange | null,
) {
  const { response, chat } = call;
  const wantsUsage = chat?.stream_options?.include_usage === true;
  const options = {
    model: call.model,
    wantsUsage,
    onFirstToken: () => {
      call.firstTokenAt = performance.now();
    },
  };
  const relay = exchange ? createTranslation(exchange.read(), options) : createRelay(options);
  call.answer = streamed(call, relay, wantsUsage);

  const send = (text: string): boolean => {
    if (!response.headersSent) {
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache',
        // Keeps nginx and its kin from holding a stream back.
        'x-accel-buffering': 'no',
        ...replyHeaders(call, null),
      });
    }
    return response.write(text);
  };

  await new Promise<void>((resolve, reject) => {
    const { body } = answer;
    const resume = () => body.resume();
    const stop = (error: unknown) => {
      response.off('drain', resume);
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
      response.off('drain', resume);
      resolve();
    });
    body.on('error', (error) => stop(asUpstreamError(error, target, true)));
  });

  // A stream of nothing but `[DONE]` is none: not even its head has gone out.
  if (!relay.whole || !response.headersSent) {
    throw new GatewayError(
      'upstream_interrupted',
      'The upstream ended the stream before the answer was whole.',
    );
  }
}

function streamed(call: Call, relay: Relay, wantsUsage: boolean): Call['answer'] {
  const { assembler } = relay;
  return {
    get body() {
      return assembler.completion();
    },
    text: null,
    get tokens() {
      return readOpenAiUsage(assembler.usage);
    },
    get responseId() {
      const id = assembler.completion()?.id;
      return typeof id === 'string' ? id : null;
    },
    get finishReason() {
      return assembler.finishReason;
    },
    completion: () => assembler.text(),
    finish(cost) {
      const reported = assembler.usage ?? (call.tokens ? toOpenAiUsage(call.tokens.tokens) : null);
      const usage = typeof reported === 'object' && reported !== null ? reported : {};
      // LiteLLM's `include_cost_in_streaming_usage`: headers are long gone when cost is known.
      const cost_usd = cost === null ? null : nanosToDollars(cost);
      const tail = wantsUsage ? relay.usageChunk({ ...usage, cost: cost_usd }) : '';
      call.response.end(`${tail}data: [DONE]\n\n`);
    },
  };
}
