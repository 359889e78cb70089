import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { asGatewayError, GatewayError } from '../../_shared/errors.ts';
import { answerJson } from '../../_shared/http/answer.ts';
import { readJson } from '../../_shared/http/checked.ts';
import type { Routes } from '../../_shared/http/router.ts';
import type { Logger } from '../../_shared/telemetry.ts';
import { type AnswerEnd, type ChatAnswer, type ChatEvents, callIdHeader } from '../answer.ts';
import { logUrl } from '../log-url.ts';
import type { Ask, ProxyClient, Told } from '../proxy-client.ts';
import { chatRequest } from './chat-request.ts';

/** The most characters of a conversation, each written as the longest that JSON can. */
const longestBody = 8 * 1024 * 1024;

export interface ChatRouteParts {
  proxyClient: () => Promise<ProxyClient>;
  model: string;
  dashboardUrl: string | null;
  logger: Logger;
}

/** Asks the proxy: in one piece, or as it comes where `Accept` says so. */
export function chatRoutes({ proxyClient, model, dashboardUrl, logger }: ChatRouteParts): Routes {
  return {
    async 'POST /api/chat'(request, response) {
      const started = performance.now();
      const given = await readJson(request, chatRequest, longestBody);
      let id: string | null = null;
      const ask: Ask = {
        model: given.model ?? model,
        messages: [...given.messages, { role: 'user', content: given.message }],
        signal: signalOf(response),
        onCallId(told) {
          id = told;
          response.setHeader(callIdHeader, told);
        },
      };
      const endOf = (told: Told, firstToken: number | null): AnswerEnd => ({
        id,
        model: told.model,
        finish_reason: told.finish_reason,
        usage: told.usage,
        cost: told.cost,
        time_to_first_token_ms: firstToken === null ? null : round(firstToken - started),
        duration_ms: round(performance.now() - started),
        log_url: logUrl(dashboardUrl, id),
      });

      const client = await proxyClient();
      if (wantsStream(request)) {
        await relay(response, ask, client, endOf);
      } else {
        const { text, ...told } = await client.complete(ask);
        answerJson(response, 200, {
          response: text,
          ...endOf(told, null),
        } satisfies ChatAnswer);
      }
    },
  };

  async function relay(
    response: ServerResponse,
    ask: Ask,
    client: ProxyClient,
    endOf: (told: Told, firstToken: number | null) => AnswerEnd,
  ): Promise<void> {
    // Until here a failure is answered with its own status; from the head on, by an event.
    const deltas = await client.stream(ask);
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Keeps nginx and its kin from holding a stream back.
      'x-accel-buffering': 'no',
    });
    response.flushHeaders();
    let firstToken: number | null = null;
    try {
      let step = await deltas.next();
      while (!step.done) {
        firstToken ??= performance.now();
        if (!response.write(eventText('delta', step.value))) {
          await once(response, 'drain', { signal: ask.signal });
        }
        step = await deltas.next();
      }
      response.end(eventText('done', endOf(step.value, firstToken)));
    } catch (thrown) {
      if (ask.signal.aborted) return;
      if (!(thrown instanceof GatewayError)) logger.error({ err: thrown }, 'unexpected');
      response.end(eventText('error', asGatewayError(thrown).body));
    }
  }
}

function eventText<Name extends keyof ChatEvents>(name: Name, data: ChatEvents[Name]): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function wantsStream({ headers }: IncomingMessage): boolean {
  return (headers.accept ?? '').toLowerCase().includes('text/event-stream');
}

/** Aborts when the client goes before it has its answer. */
function signalOf(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}

const round = (milliseconds: number) => Math.round(milliseconds * 10) / 10;
