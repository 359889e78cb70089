import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

interface Asked {
  model: string;
  stream?: boolean;
  [name: string]: unknown;
}

/** A call that waits at a gate. */
export interface HeldCall {
  asked: Asked;
  response: ServerResponse;
  /** Resolves when its connection is gone or its answer has ended. */
  closed: Promise<unknown>;
}

const usage = { prompt_tokens: 1000, completion_tokens: 10, total_tokens: 1010 };
const thought = 'Let me count.';
const toolCall = {
  id: 'call_1',
  type: 'function',
  function: { name: 'weather', arguments: '{"city":"Köln"}' },
};

/**
 * An OpenAI-compatible upstream whose every answer tells which one it is, so that an answer that
 * was given twice shows. The model's name says what it does: `tools` calls one, `thinks`, `fails`,
 * `logprobs`, `filters`; all else says "Answer <n>.", or has a vector of <n>. Behind a closed gate calls wait.
 */
export async function startCountingUpstream() {
  let count = 0;
  let gate: PromiseWithResolvers<void> | null = null;
  let arrived = Promise.withResolvers<HeldCall>();

  async function take(asked: Asked, response: ServerResponse): Promise<void> {
    count++;
    const content = `Answer ${count}.`;
    const closed = once(response, 'close');
    if (asked.stream && gate) {
      startStream(response);
      response.write(chunk({ role: 'assistant', content: '' }) + chunk({ content: 'Answer ' }));
    }
    arrived.resolve({ asked, response, closed });
    await gate?.promise;
    if (response.destroyed) return;
    if (asked.input !== undefined) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(vectors(asked)));
    } else if (asked.model === 'fails') {
      response.writeHead(503, { 'content-type': 'application/json' });
      const error = { message: 'Too much to do.', type: 'server_error', param: null, code: null };
      response.end(JSON.stringify({ error }));
    } else if (asked.stream) {
      endStream(response, asked, content);
    } else {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(completion(asked, content)));
    }
  }

  const vectors = ({ model }: Asked) => ({
    object: 'list',
    data: [{ object: 'embedding', index: 0, embedding: [count, 0.5] }],
    model,
    usage: { prompt_tokens: 1000, total_tokens: 1000 },
  });

  const head = () => ({ id: `chatcmpl-${count}`, created: 1750000000, model: 'upstream-model' });

  function completion({ model }: Asked, content: string) {
    const message =
      model === 'tools'
        ? { role: 'assistant', content: null, tool_calls: [toolCall] }
        : { role: 'assistant', content, refusal: null };
    return {
      ...head(),
      object: 'chat.completion',
      system_fingerprint: 'fp_1',
      choices: [{ index: 0, message, logprobs: null, finish_reason: reasonOf(model) }],
      usage,
    };
  }

  function chunk(
    delta: object,
    finish_reason: string | null = null,
    logprobs: object | null = null,
  ) {
    const choices = [{ index: 0, delta, logprobs, finish_reason }];
    return event({ ...head(), object: 'chat.completion.chunk', choices, usage: null });
  }

  function endStream(response: ServerResponse, { model }: Asked, content: string): void {
    if (!response.headersSent) {
      startStream(response);
      response.write(chunk({ role: 'assistant', content: '' }));
      if (model !== 'tools') response.write(chunk({ content: 'Answer ' }));
    }
    if (model === 'tools') {
      const { function: called, ...first } = toolCall;
      const named = { index: 0, ...first, function: { name: called.name, arguments: '' } };
      response.write(chunk({ tool_calls: [named] }));
      for (const piece of ['{"city":', '"Köln"}']) {
        response.write(chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] }));
      }
    } else {
      if (model === 'thinks') response.write(chunk({ reasoning_content: thought }));
      const told = model === 'logprobs' ? { content: [{ token: 'x', logprob: -1 }] } : null;
      response.write(chunk({ content: content.slice('Answer '.length) }, null, told));
    }
    response.write(chunk({}, reasonOf(model)));
    const last = { ...head(), object: 'chat.completion.chunk', choices: [], usage };
    response.end(`${event(last)}data: [DONE]\n\n`);
  }

  const server = createServer(async (request, response) => {
    await take((await json(request)) as Asked, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;

  return {
    url,
    get count() {
      return count;
    },
    /** An entry of a `model_list` that leads here. */
    entry: (model_name: string) => ({
      model_name,
      litellm_params: {
        model: model_name,
        custom_llm_provider: 'custom_openai',
        api_base: url,
        input_cost_per_token: 0.000001,
        output_cost_per_token: 0.00001,
      },
    }),
    /** From now on calls wait, streams after their first piece. `next` is the first that comes. */
    closeGate() {
      const closed = Promise.withResolvers<void>();
      gate = closed;
      arrived = Promise.withResolvers<HeldCall>();
      return {
        next: arrived.promise,
        open() {
          gate = null;
          closed.resolve();
        },
      };
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;

function startStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
}

function reasonOf(model: string): string {
  if (model === 'tools') return 'tool_calls';
  return model === 'filters' ? 'content_filter' : 'stop';
}
