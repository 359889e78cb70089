import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A call as it came to the upstream. */
export interface UpstreamCall {
  model: BehaviourName;
  /** False once its answer has ended or its connection is gone. */
  isOpen: boolean;
  /** Resolves with the time of that. */
  closed: Promise<number>;
}

type Behaviour = (response: ServerResponse, stream: boolean) => void;

const head = { id: 'chatcmpl-BkNqK2AXd2Ot5pjqLmYR', created: 1750000000, model: 'gpt-4o-mini' };
const usage = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 };

const chunk = (delta: object, finish_reason: string | null = null) =>
  event({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    usage: null,
  });
const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
const beginning = chunk({ role: 'assistant', content: '' }) + chunk({ content: 'One' });
const ending = chunk({ content: ' two.' }) + chunk({}, 'stop');
const usageChunk = event({ ...head, object: 'chat.completion.chunk', choices: [], usage });
const done = 'data: [DONE]\n\n';

const completion = {
  ...head,
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'One two.', refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
};

const page = '<!DOCTYPE html>\n<html><body><h1>Bad gateway</h1><p>nginx</p></body></html>';

/** OpenAI's error body. */
const error = (
  message: string,
  type: string,
  code: string | null,
  param: string | null = null,
) => ({
  error: { message, type, param, code },
});

const answer =
  (status: number, body: object | string, headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    const isText = typeof body === 'string';
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(isText ? body : JSON.stringify(body));
  };

/** Sends each piece of a stream on its own, then does what comes last. */
const stream =
  (pieces: string[], last: (response: ServerResponse) => void): Behaviour =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    const [piece, ...rest] = pieces;
    if (piece === undefined) {
      response.flushHeaders();
      last(response);
    } else {
      response.write(piece, () => sendRest(response, rest, last));
    }
  };

function sendRest(
  response: ServerResponse,
  [piece, ...rest]: string[],
  last: (response: ServerResponse) => void,
) {
  if (piece === undefined) setImmediate(last, response);
  else response.write(piece, () => sendRest(response, rest, last));
}

const cut = (response: ServerResponse) => response.destroy();
const hang = () => {};
const end = (response: ServerResponse) => response.end();

let isTurn = false;

/** What the upstream does, by the name of the model that it is asked for. */
const behaviours = {
  answers: (response, asked) =>
    asked
      ? stream([beginning, ending, usageChunk, done], end)(response, asked)
      : answer(200, { ...completion, usage })(response, asked),
  /** Or fails, as the test says. */
  'is-ill-at-times': (response, asked) => behaviours.answers(response, asked),
  'fails-every-other-time': (response, asked) => {
    isTurn = !isTurn;
    behaviours[isTurn ? 'fails' : 'answers'](response, asked);
  },
  'tells-no-usage': (response, asked) =>
    asked
      ? stream([beginning, ending, done], end)(response, asked)
      : answer(200, completion)(response, asked),
  'claims-too-much': stream(
    [
      beginning,
      ending,
      event({ ...head, choices: [], usage: { prompt_tokens: 2 ** 53 - 1, completion_tokens: -1 } }),
      done,
    ],
    end,
  ),
  'sends-no-done': stream([beginning, ending, usageChunk], end),
  'hangs-after-done': stream([beginning, ending, usageChunk, done], hang),
  'cuts-after-done': stream([beginning, ending, usageChunk, done], cut),

  'is-silent': hang,
  'is-silent-after-head': stream([], hang),
  'falls-silent': stream([beginning], hang),
  'goes-on-for-ever': (response, asked) => {
    stream([beginning], () => {
      const timer = setInterval(() => response.write(chunk({ content: ' more' })), 10);
      response.once('close', () => clearInterval(timer));
    })(response, asked);
  },

  'hangs-up': cut,
  'cuts-stream-at-once': stream([], cut),
  'cuts-stream': stream([beginning], cut),
  'cuts-event': stream([beginning, chunk({ content: ' two.' }).slice(0, 40)], cut),
  'ends-stream-early': stream([beginning], end),
  'ends-stream-at-once': stream([], end),
  'sends-only-done': stream([done], end),
  'cuts-body': (response) => {
    const body = JSON.stringify({ ...completion, usage });
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    response.writeHead(200, headers);
    response.write(body.slice(0, 50), () => cut(response));
  },

  'html-502': answer(502, page, { 'content-type': 'text/html' }),
  'html-200': answer(200, page, { 'content-type': 'text/html' }),
  'no-json': answer(200, '{"id": "chatcmpl-'),
  'no-choices': answer(200, { ...head, object: 'chat.completion' }),
  'json-array': answer(200, []),
  'too-large': answer(200, { ...completion, filler: 'x'.repeat(1024 * 1024) }),
  redirect: answer(302, '', { location: 'http://127.0.0.1:9/elsewhere' }),
  'no-http': (response) => {
    response.socket?.end('SSH-2.0-OpenSSH_9.9\r\n');
  },

  'bad-request': answer(
    400,
    error("Unsupported value: 'n' is 7.", 'invalid_request_error', 'unsupported_value', 'n'),
  ),
  'prompt-too-long': answer(
    400,
    error(
      "This model's maximum context length is 8192 tokens.",
      'invalid_request_error',
      'context_length_exceeded',
      'messages',
    ),
  ),
  'prompt-refused': answer(
    400,
    error('Your request was rejected.', 'invalid_request_error', 'content_policy_violation'),
  ),
  'wrong-key': answer(
    401,
    error('Incorrect API key provided.', 'invalid_request_error', 'invalid_api_key'),
  ),
  'rate-limit': answer(429, error('Rate limit reached.', 'requests', 'rate_limit_exceeded'), {
    'retry-after': '7',
  }),
  'rate-limit-until': (response, asked) =>
    answer(429, error('Rate limit reached.', 'requests', 'rate_limit_exceeded'), {
      'retry-after': new Date(Date.now() + 60_000).toUTCString(),
    })(response, asked),
  fails: answer(500, error('The server had an error.', 'server_error', null)),
  'fails-with-nothing': answer(500, '', { 'content-type': '' }),
  overloaded: answer(503, { detail: 'Too busy.' }, { 'retry-after': '2' }),
  'error-in-200': answer(200, error('The engine is overloaded.', 'server_error', 'overloaded')),
  'error-in-stream': stream(
    [beginning, event(error('The engine died.', 'server_error', 'engine_dead')), done],
    end,
  ),
  'error-first-in-stream': stream([event(error('No engine.', 'server_error', 'no_engine'))], end),
  'no-json-in-stream': stream([beginning, 'data: <html>\n\n'], end),
} satisfies Record<string, Behaviour>;

export type BehaviourName = keyof typeof behaviours;
export const behaviourNames = Object.keys(behaviours) as BehaviourName[];

/**
 * An OpenAI-compatible upstream that goes wrong in every way that real ones do: how, says the
 * model's name.
 */
export async function startFaultyUpstream() {
  const calls: UpstreamCall[] = [];
  const health = { isIll: false };
  const server = createServer((request, response) => void take(request, response));

  async function take(request: IncomingMessage, response: ServerResponse) {
    const closed = once(response, 'close').then(() => {
      call.isOpen = false;
      return performance.now();
    });
    const { model, stream } = (await json(request)) as { model: BehaviourName; stream?: boolean };
    const call = { model, isOpen: true, closed };
    calls.push(call);
    const shown = model === 'is-ill-at-times' && health.isIll ? 'fails' : model;
    behaviours[shown](response, stream === true);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return {
    url,
    /** An entry of a `model_list` that leads here, with more `litellm_params` or other ones. */
    entry: (model_name: string, model: string, more: object = {}) => ({
      model_name,
      litellm_params: { model, custom_llm_provider: 'custom_openai', api_base: url, ...more },
    }),
    /** In the order in which they came. */
    calls,
    /** Of the model that is ill at times: whether it is now. */
    health,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
