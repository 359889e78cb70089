import OpenAI, {
  APIConnectionError,
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startFaultyUpstream } from './faulty-upstream.ts';
import { masterKey, type Stack, startStack } from './stack.ts';

let upstream: Awaited<ReturnType<typeof startFaultyUpstream>>;
let stack: Stack;
let openai: OpenAI;

beforeAll(async () => {
  upstream = await startFaultyUpstream();
  const { entry } = upstream;
  const prices = { input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 };
  stack = await startStack({
    parts: ['broker', 'proxy', 'ingest'],
    config: {
      // It is the SDK that is to try again here, or not.
      router_settings: { num_retries: 0 },
      model_list: [
        entry('priced', 'answers', prices),
        entry('without-a-price', 'answers'),
        entry('uncounted', 'tells-no-usage', prices),
        entry('owner/model', 'answers'),
        ...(['bad-request', 'rate-limit', 'overloaded', 'error-in-stream'] as const).map((name) =>
          entry(name, name),
        ),
      ],
    },
  });
  openai = client(masterKey);
});
afterAll(async () => {
  await stack?.end();
  upstream?.close();
});

const client = (apiKey: string) =>
  new OpenAI({ apiKey, baseURL: `${stack.proxy.url}/v1`, maxRetries: 0 });

const messages: OpenAI.ChatCompletionMessageParam[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Count to two.' },
];

/** LiteLLM's row of a call; it has to be there within two seconds of the answer. */
async function spendLog(requestId: string) {
  return vi.waitFor(
    async () => {
      const answer = await fetch(`${stack.proxy.url}/spend/logs?request_id=${requestId}`, {
        headers: stack.proxy.headers,
      });
      const [row] = (await answer.json()) as Record<string, unknown>[];
      if (row === undefined) throw new Error(`There is no row of ${requestId}.`);
      return row;
    },
    { timeout: 2000, interval: 10 },
  );
}

/** What a promise is rejected with. */
async function errorOf(promise: PromiseLike<unknown>): Promise<APIError> {
  const thrown = await Promise.resolve(promise).then(
    () => null,
    (error: unknown) => error,
  );
  if (thrown instanceof APIError) return thrown;
  throw new Error(`It was to be an APIError: ${thrown}`);
}

async function collect(stream: AsyncIterable<OpenAI.ChatCompletionChunk>) {
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const textOf = (chunks: OpenAI.ChatCompletionChunk[]) =>
  chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');

describe('an answer', () => {
  test('is what the upstream said, under the name that was asked for, and in the books', async () => {
    const { data, response } = await openai.chat.completions
      .create({ model: 'priced', messages })
      .withResponse();
    expect(data).toMatchObject({
      object: 'chat.completion',
      model: 'priced',
      choices: [{ message: { role: 'assistant', content: 'One two.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
    });
    const callId = response.headers.get('x-litellm-call-id') ?? '';
    const row = await spendLog(callId);
    expect(row).toMatchObject({
      request_id: data.id,
      status: 'success',
      model: 'answers',
      model_group: 'priced',
      prompt_tokens: 12,
      completion_tokens: 3,
      total_tokens: 15,
      spend: 0.000018,
      messages,
      metadata: { cost_breakdown: { total_cost: 0.000018 } },
    });
    expect(row.request_duration_ms).toBeGreaterThanOrEqual(0);
    expect(response.headers.get('x-litellm-response-cost')).toBe('0.000018');
    expect(await spendLog(data.id)).toEqual(row);
  });

  test('at no known price costs nothing that is known', async () => {
    const { data, response } = await openai.chat.completions
      .create({ model: 'without-a-price', messages })
      .withResponse();
    expect(response.headers.get('x-litellm-response-cost')).toBeNull();
    expect(data.usage?.total_tokens).toBe(15);
    const callId = response.headers.get('x-litellm-call-id') ?? '';
    expect(await spendLog(callId)).toMatchObject({
      total_tokens: 15,
      metadata: { cost_breakdown: { total_cost: null } },
    });
    expect((await stack.store.requestLogs.find(callId))?.cost_nanos).toBeNull();
  });
});

describe('a stream', () => {
  test('comes with usage and cost at its end when that is asked for', async () => {
    const stream_options = { include_usage: true };
    const { data, response } = await openai.chat.completions
      .create({ model: 'priced', messages, stream: true, stream_options })
      .withResponse();
    const chunks = await collect(data);
    expect(new Set(chunks.map(({ model }) => model))).toEqual(new Set(['priced']));
    expect(textOf(chunks)).toBe('One two.');
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15, cost: 0.000018 },
    });
    const row = await spendLog(response.headers.get('x-litellm-call-id') ?? '');
    expect(row).toMatchObject({ request_id: chunks[0]?.id, total_tokens: 15, spend: 0.000018 });
    expect(row.completionStartTime).not.toBeNull();
    expect(row.response).toMatchObject({ choices: [{ message: { content: 'One two.' } }] });
  });

  test('has none of it when it is not, and is in the books all the same', async () => {
    const { data, response } = await openai.chat.completions
      .create({ model: 'priced', messages, stream: true })
      .withResponse();
    const chunks = await collect(data);
    expect(textOf(chunks)).toBe('One two.');
    expect(chunks.filter((chunk) => 'usage' in chunk || chunk.choices.length === 0)).toEqual([]);
    const row = await spendLog(response.headers.get('x-litellm-call-id') ?? '');
    expect(row).toMatchObject({ total_tokens: 15, spend: 0.000018 });
  });

  test('is counted when the upstream does not', async () => {
    const stream_options = { include_usage: true };
    const { data, response } = await openai.chat.completions
      .create({ model: 'uncounted', messages, stream: true, stream_options })
      .withResponse();
    const { prompt_tokens = 0, completion_tokens = 0 } = (await collect(data)).at(-1)?.usage ?? {};
    expect(prompt_tokens).toBeGreaterThan(0);
    expect(completion_tokens).toBeGreaterThan(0);
    const row = await spendLog(response.headers.get('x-litellm-call-id') ?? '');
    expect(row).toMatchObject({ prompt_tokens, completion_tokens });
  });

  test('that breaks in its middle is an error', async () => {
    const stream = await openai.chat.completions.create({
      model: 'error-in-stream',
      messages,
      stream: true,
    });
    const error = await errorOf(collect(stream));
    expect(error).toMatchObject({ code: 'engine_dead', type: 'server_error' });
    expect(error.message).toContain('The engine died.');
  });
});

describe('an error is of the class of its kind:', () => {
  const ask = (model: string, more: object = {}) =>
    openai.chat.completions.create({ model, messages, ...more });

  test('a wrong key', async () => {
    const error = await errorOf(
      client('sk-wrong').chat.completions.create({ model: 'a', messages }),
    );
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ status: 401, code: 'invalid_api_key' });
  });

  test('an unknown model', async () => {
    const error = await errorOf(ask('gpt-9'));
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' });
  });

  test('a wrong parameter, found by us', async () => {
    const error = await errorOf(ask('priced', { temperature: 9 }));
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ status: 400, param: 'temperature' });
  });

  test('a wrong parameter, found by the upstream', async () => {
    const error = await errorOf(ask('bad-request'));
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ status: 400, code: 'unsupported_value', param: 'n' });
  });

  test('too many calls', async () => {
    const error = await errorOf(ask('rate-limit', { stream: true }));
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
    expect(error.headers?.get('retry-after')).toBe('7');
  });

  test('an upstream with too much to do', async () => {
    const error = await errorOf(ask('overloaded'));
    expect(error).toBeInstanceOf(InternalServerError);
    expect(error.status).toBe(503);
  });

  test('a body over the limit', async () => {
    const content = 'x'.repeat(21 * 1024 * 1024);
    const error = await errorOf(ask('priced', { messages: [{ role: 'user', content }] }));
    expect(error).not.toBeInstanceOf(APIConnectionError);
    expect(error).toMatchObject({ status: 413, code: 'request_too_large' });
  });
});

test('the models are those of the config', async () => {
  const ids = (await openai.models.list()).data.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(['priced', 'without-a-price', 'uncounted']));
  expect(await errorOf(client('sk-wrong').models.list())).toBeInstanceOf(AuthenticationError);
});

test('a model can be asked after alone, also by a name with a slash in it', async () => {
  expect(await openai.models.retrieve('priced')).toMatchObject({ id: 'priced', object: 'model' });
  expect(await openai.models.retrieve('owner/model')).toMatchObject({ id: 'owner/model' });
  const error = await errorOf(openai.models.retrieve('gpt-9'));
  expect(error).toBeInstanceOf(NotFoundError);
  expect(error).toMatchObject({
    code: 'model_not_found',
    param: 'model',
    type: 'invalid_request_error',
    message: expect.stringContaining("The model 'gpt-9' does not exist"),
  });
  expect(await errorOf(client('sk-wrong').models.retrieve('priced'))).toBeInstanceOf(
    AuthenticationError,
  );
});

test('what can be asked is described for machines and for people', async () => {
  const answer = await fetch(`${stack.proxy.url}/openapi.json`);
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, object>> };
  expect(paths['/v1/chat/completions']?.post).toMatchObject({
    requestBody: {
      content: {
        'application/json': {
          schema: { type: 'object', required: ['model', 'messages'], properties: { stream: {} } },
        },
      },
    },
  });
  expect(Object.keys(paths['/v1/responses/{response_id}'] ?? {})).toEqual(['get', 'delete']);
  const page = await fetch(`${stack.proxy.url}/`);
  expect(page.headers.get('content-type')).toContain('text/html');
  const text = await page.text();
  for (const path of Object.keys(paths)) expect(text).toContain(path.replace(/{(\w+)}/g, ':$1'));
});
