import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { json, named, sse, startApisUpstream } from './apis-upstream.ts';
import { bookedCall, collect, failureOf } from './asking.ts';
import { masterKey, type Stack, startStack } from './stack.ts';

const upstreamId = 'resp_0a1b2c3d4e5f';
const usage = {
  input_tokens: 10,
  input_tokens_details: { cached_tokens: 4 },
  output_tokens: 5,
  output_tokens_details: { reasoning_tokens: 2 },
  total_tokens: 15,
};
const message = {
  id: 'msg_1',
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'Two.', annotations: [] }],
};
const made = (more: object = {}) => ({
  id: upstreamId,
  object: 'response',
  created_at: 5,
  status: 'completed',
  error: null,
  incomplete_details: null,
  model: 'gpt-5-2025',
  output: [message],
  previous_response_id: null,
  usage,
  ...more,
});
const begun = named({
  type: 'response.created',
  sequence_number: 0,
  response: made({ status: 'in_progress', output: [], usage: null }),
} as { type: string });
const delta = (text: string) =>
  named({
    type: 'response.output_text.delta',
    sequence_number: 1,
    item_id: 'msg_1',
    output_index: 0,
    content_index: 0,
    delta: text,
  } as { type: string });
const ended = named({
  type: 'response.completed',
  sequence_number: 2,
  response: made(),
} as { type: string });

let upstream: Awaited<ReturnType<typeof startApisUpstream>>;
let stack: Stack;
let openai: OpenAI;
const booked = (response: Response) => bookedCall(stack, response);

beforeAll(async () => {
  const stored = `/v1/responses/${upstreamId}`;
  upstream = await startApisUpstream({
    'POST /v1/responses': (response, { body }) => {
      if (body?.input === 'break') {
        return sse(
          begun,
          delta('T'),
          named({ type: 'error', message: 'No engine.', code: 'engine' } as { type: string }),
        )(response);
      }
      if (body?.input === 'cut') return sse(begun, delta('T'))(response);
      if (body?.stream) return sse(begun, delta('Tw'), delta('o.'), ended)(response);
      json(made({ previous_response_id: body?.previous_response_id ?? null }))(response);
    },
    [`GET ${stored}`]: json(made()),
    [`GET ${stored}?stream=true`]: sse(begun, ended),
    [`DELETE ${stored}`]: json({ id: upstreamId, object: 'response', deleted: true }),
    [`POST ${stored}/cancel`]: json(made({ status: 'cancelled' })),
    [`GET ${stored}/input_items?limit=1`]: json({
      object: 'list',
      data: [{ ...message, id: 'msg_in' }],
      has_more: false,
    }),
  });
  const prices = { input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 };
  stack = await startStack({
    parts: ['broker', 'proxy', 'ingest'],
    config: {
      model_list: [
        upstream.entry('native', 'openai/gpt-5', prices),
        upstream.entry('native', 'openai/gpt-5', { ...prices, timeout: 599 }),
      ].map((entry, index) => ({ ...entry, model_info: { id: `deployment-${index}` } })),
    },
  });
  openai = new OpenAI({ apiKey: masterKey, baseURL: `${stack.proxy.url}/v1`, maxRetries: 0 });
});
afterAll(async () => {
  await stack?.end();
  upstream?.close();
});

test('one is passed on, priced with what was cached, and booked by the id that the client got', async () => {
  const { data: answer, response } = await openai.responses
    .create({ model: 'native', input: 'One?' })
    .withResponse();
  expect(upstream.last().body).toEqual({ model: 'gpt-5', input: 'One?' });
  expect(answer).toMatchObject({ model: 'native', output_text: 'Two.', usage });
  expect(answer.id).not.toContain(upstreamId);
  expect(await booked(response)).toMatchObject({
    operation: 'chat',
    endpoint: '/v1/responses',
    response_id: answer.id,
    tokens: { input: 6, cache_read: 4, output: 3, reasoning: 2 },
    cost_nanos: 20_000,
    finish_reason: 'stop',
  });
});

test('a stream has all events, its end after the record', async () => {
  const { data: stream, response } = await openai.responses
    .create({ model: 'native', input: 'One?', stream: true })
    .withResponse();
  const events = await collect(stream);
  expect(events.map(({ type }) => type)).toEqual([
    'response.created',
    'response.output_text.delta',
    'response.output_text.delta',
    'response.completed',
  ]);
  const last = events.at(-1);
  expect(last).toMatchObject({ response: { model: 'native' } });
  const found = await booked(response);
  expect(found).toMatchObject({ stream: true, cost_nanos: 20_000, status: 'success' });
  expect(last).toMatchObject({ response: { id: found.response_id } });
  expect(found.response).toMatchObject({ output: [message] });
});

test.each(['break', 'cut'])(
  'a stream that does not come whole (%s) ends with an error',
  async (input) => {
    const { data: stream, response } = await openai.responses
      .create({ model: 'native', input, stream: true })
      .withResponse();
    await failureOf(collect(stream));
    expect(await booked(response)).toMatchObject({ status: 'interrupted' });
  },
);

test('what refers to a response goes to the deployment that made it', async () => {
  const { data: first, response } = await openai.responses
    .create({ model: 'native', input: 'One?' })
    .withResponse();
  const maker = response.headers.get('x-litellm-model-id');
  for (let round = 0; round < 8; round++) {
    const next = await openai.responses
      .create({ model: 'native', input: 'And?', previous_response_id: first.id })
      .withResponse();
    expect(upstream.last().body?.previous_response_id).toBe(upstreamId);
    expect(next.data.previous_response_id).toBe(first.id);
    expect(next.response.headers.get('x-litellm-model-id')).toBe(maker);
  }
});

test('it can be had again, cancelled, looked into and deleted, which costs nothing', async () => {
  const { id } = await openai.responses.create({ model: 'native', input: 'One?' });
  const { data: again, response } = await openai.responses.retrieve(id).withResponse();
  expect(again).toMatchObject({ id, model: 'native', output_text: 'Two.' });
  expect(await booked(response)).toMatchObject({
    operation: 'response_get',
    endpoint: '/v1/responses/:response_id',
    model: 'native',
    cost_nanos: 0,
  });
  const events = await collect(await openai.responses.retrieve(id, { stream: true }));
  expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { id } });
  expect(await openai.responses.cancel(id)).toMatchObject({ id, status: 'cancelled' });
  const items = await openai.responses.inputItems.list(id, { limit: 1 });
  expect(items.data).toMatchObject([{ id: 'msg_in' }]);
  await openai.responses.delete(id);
  expect(upstream.last()).toMatchObject({ method: 'DELETE', body: null });
});

test('an id that no deployment gave is not found', async () => {
  const error = await failureOf(openai.responses.retrieve('resp_unknown'));
  expect(error).toMatchObject({ status: 404, param: 'response_id' });
  const previous_response_id = 'resp_unknown';
  expect(
    await failureOf(openai.responses.create({ model: 'native', input: '?', previous_response_id })),
  ).toMatchObject({ status: 404, param: 'previous_response_id' });
});
