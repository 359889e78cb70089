import OpenAI, { AzureOpenAI } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { data, json, sse, startApisUpstream } from './apis-upstream.ts';
import { bookedCall, failureOf } from './asking.ts';
import { masterKey, type Stack, startStack } from './stack.ts';

const usage = { prompt_tokens: 8, total_tokens: 8 };
const vectors = (input: unknown[], base64: boolean) => ({
  object: 'list',
  model: 'text-embedding-3-small',
  data: input.map((_, index) => ({
    object: 'embedding',
    index,
    embedding: base64
      ? Buffer.from(new Float32Array([0.25, -0.5]).buffer).toString('base64')
      : [0.25, -0.5],
  })),
  usage,
});
const textHead = { id: 'cmpl-1', object: 'text_completion', created: 5, model: 'gpt-instruct' };

let upstream: Awaited<ReturnType<typeof startApisUpstream>>;
let stack: Stack;
let openai: OpenAI;
const booked = (response: Response) => bookedCall(stack, response);

beforeAll(async () => {
  upstream = await startApisUpstream({
    'POST /v1/embeddings': (response, { body }) => {
      const input =
        Array.isArray(body?.input) && typeof body.input[0] !== 'number' ? body.input : [0];
      json(vectors(input, body?.encoding_format === 'base64'))(response);
    },
    'POST /v1/completions': (response, { body }) => {
      const choice = { index: 0, logprobs: null };
      const told = { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 };
      if (!body?.stream) {
        const choices = [{ ...choice, text: ' two', finish_reason: 'stop' }];
        return json({ ...textHead, choices, usage: told })(response);
      }
      sse(
        data({ ...textHead, choices: [{ ...choice, text: ' t', finish_reason: null }] }),
        data({ ...textHead, choices: [{ ...choice, text: 'wo', finish_reason: 'stop' }] }),
        data({ ...textHead, choices: [], usage: told }),
        'data: [DONE]\n\n',
      )(response);
    },
    'POST /v1/moderations': json({
      id: 'modr-1',
      model: 'omni-moderation-latest',
      results: [{ flagged: false, categories: {}, category_scores: {} }],
    }),
    'POST /v1/images/generations': json({
      created: 5,
      data: [{ b64_json: 'QUJD' }],
      usage: { input_tokens: 10, output_tokens: 100, total_tokens: 110 },
    }),
    'POST /v2/rerank': json({
      id: 'rr-1',
      results: [{ index: 1, relevance_score: 0.9 }],
      meta: { billed_units: { search_units: 1 } },
    }),
  });
  const prices = { input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 };
  stack = await startStack({
    parts: ['broker', 'proxy', 'ingest'],
    config: {
      model_list: [
        upstream.entry('vectors', 'openai/text-embedding-3-small', prices),
        upstream.entry('texts', 'openai/gpt-instruct', prices),
        upstream.entry('omni-moderation-latest', 'openai/omni-moderation-latest'),
        upstream.entry('pictures', 'openai/gpt-image-1', prices),
        upstream.entry('ranker', 'cohere/rerank-v3.5', { api_base: upstream.origin }),
        upstream.entry('claude', 'anthropic/claude-sonnet-4-5', { api_base: upstream.origin }),
      ],
    },
  });
  openai = new OpenAI({ apiKey: masterKey, baseURL: `${stack.proxy.url}/v1`, maxRetries: 0 });
});
afterAll(async () => {
  await stack?.end();
  upstream?.close();
});

test('embeddings come as the client asks for them, are priced, and are booked without their numbers', async () => {
  const asked = { model: 'vectors', input: ['one', 'two'] };
  const { data: answer, response } = await openai.embeddings.create(asked).withResponse();
  // The SDK asks for base64 of itself, and decodes it.
  expect(upstream.last().body).toMatchObject({
    model: 'text-embedding-3-small',
    encoding_format: 'base64',
  });
  expect(answer).toMatchObject({ model: 'vectors', usage });
  expect(answer.data.map(({ embedding }) => Array.from(embedding))).toEqual([
    [0.25, -0.5],
    [0.25, -0.5],
  ]);
  const call = await booked(response);
  expect(call).toMatchObject({
    operation: 'embeddings',
    endpoint: '/v1/embeddings',
    cost_nanos: 8000,
    tokens: { input: 8, output: 0 },
    status: 'success',
  });
  expect(JSON.stringify(call.response)).toContain('not kept');
  expect(JSON.stringify(call.response)).not.toContain('gD4AAAC/');
  expect(call.request).toMatchObject(asked);
});

test('embeddings of tokens go as they are, on the path without /v1 too', async () => {
  const answer = await fetch(`${stack.proxy.url}/embeddings`, {
    method: 'POST',
    headers: stack.proxy.headers,
    body: JSON.stringify({ model: 'vectors', input: [1, 2, 3], encoding_format: 'float' }),
  });
  expect(await answer.json()).toMatchObject({ data: [{ embedding: [0.25, -0.5] }] });
  expect(upstream.last().body?.input).toEqual([1, 2, 3]);
});

test.each([
  ['a number', 5],
  ['an empty list', []],
  ['tokens that are none', [1.5]],
])('%s is no input of embeddings', async (_, input) => {
  const error = await failureOf(
    openai.embeddings.create({ model: 'vectors', input: input as unknown as string }),
  );
  expect(error).toMatchObject({ status: 400, param: 'input' });
});

test('a provider that has no such API is refused, saying what to ask for', async () => {
  const error = await failureOf(openai.embeddings.create({ model: 'claude', input: 'one' }));
  expect(error).toMatchObject({ status: 400, code: 'unsupported_endpoint', param: 'model' });
  expect(error.message).toMatch(/anthropic.*\/embeddings.*OpenAI-compatible/);
});

test('the older completions answer plain', async () => {
  const { data: answer, response } = await openai.completions
    .create({ model: 'texts', prompt: 'one', stream: false })
    .withResponse();
  expect(answer).toMatchObject({ model: 'texts', choices: [{ text: ' two' }] });
  expect(await booked(response)).toMatchObject({
    operation: 'text_completion',
    finish_reason: 'stop',
    cost_nanos: 8000,
  });
});

test.each([true, false])('and streamed, with usage where it is asked for (%s)', async (wants) => {
  const { data: stream, response } = await openai.completions
    .create({
      model: 'texts',
      prompt: 'one',
      stream: true,
      ...(wants ? { stream_options: { include_usage: true } } : {}),
    })
    .withResponse();
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  expect(chunks.map((chunk) => chunk.choices[0]?.text ?? '').join('')).toBe(' two');
  expect(chunks.some((chunk) => chunk.usage?.total_tokens === 6)).toBe(wants);
  expect(upstream.last().body).toMatchObject({ stream_options: { include_usage: true } });
  const call = await booked(response);
  expect(call).toMatchObject({ stream: true, cost_nanos: 8000 });
  expect(call.response).toMatchObject({ choices: [{ text: ' two', finish_reason: 'stop' }] });
});

test('moderations need no model, and their price is not known', async () => {
  const { data: answer, response } = await openai.moderations
    .create({ input: 'Hello!' })
    .withResponse();
  expect(answer.results[0]?.flagged).toBe(false);
  expect(upstream.last().body).toEqual({ model: 'omni-moderation-latest', input: 'Hello!' });
  expect(await booked(response)).toMatchObject({
    operation: 'moderation',
    model: 'omni-moderation-latest',
    cost_nanos: null,
  });
});

test('images are priced by their tokens and booked without their pixels', async () => {
  const { data: answer, response } = await openai.images
    .generate({ model: 'pictures', prompt: 'A cat.' })
    .withResponse();
  expect(answer.data?.[0]?.b64_json).toBe('QUJD');
  const call = await booked(response);
  expect(call).toMatchObject({ operation: 'image_generation', cost_nanos: 210_000 });
  expect(JSON.stringify(call.response)).not.toContain('QUJD');
});

test('documents are ranked at Cohere, in its own words', async () => {
  const body = { model: 'ranker', query: 'two', documents: ['one', 'two'] };
  const answer = await fetch(`${stack.proxy.url}/v1/rerank`, {
    method: 'POST',
    headers: stack.proxy.headers,
    body: JSON.stringify(body),
  });
  expect(await answer.json()).toMatchObject({ results: [{ index: 1, relevance_score: 0.9 }] });
  expect(upstream.last()).toMatchObject({ body: { ...body, model: 'rerank-v3.5' } });
  expect(await booked(answer)).toMatchObject({ operation: 'rerank', endpoint: '/v1/rerank' });
});

test('a wrong key opens none of them', async () => {
  for (const path of ['embeddings', 'completions', 'moderations', 'images/generations', 'rerank']) {
    const answer = await fetch(`${stack.proxy.url}/v1/${path}`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-wrong' },
      body: '{}',
    });
    expect([path, answer.status]).toEqual([path, 401]);
  }
});

test('Azure’s clients name the model in the path, which wins over the body', async () => {
  const azure = new AzureOpenAI({
    apiKey: masterKey,
    endpoint: stack.proxy.url,
    apiVersion: '2025-02-01-preview',
    deployment: 'texts',
    maxRetries: 0,
  });
  const answer = await azure.completions.create({ model: 'gpt-9', prompt: 'one' });
  expect(answer.model).toBe('texts');
  expect(upstream.last().body).toEqual({ model: 'gpt-instruct', prompt: 'one' });
  const engine = await fetch(`${stack.proxy.url}/engines/vectors/embeddings`, {
    method: 'POST',
    headers: stack.proxy.headers,
    body: JSON.stringify({ input: 'one' }),
  });
  expect(await engine.json()).toMatchObject({ model: 'vectors' });
  expect(upstream.last().body).toEqual({ model: 'text-embedding-3-small', input: 'one' });
});

test('tokens can be counted beforehand, for nothing', async () => {
  const count = async (body: object) => {
    const answer = await fetch(`${stack.proxy.url}/utils/token_counter`, {
      method: 'POST',
      headers: stack.proxy.headers,
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  };
  expect(await count({ model: 'texts', prompt: 'Hello there!' })).toEqual({
    status: 200,
    body: {
      total_tokens: 3,
      request_model: 'texts',
      model_used: 'gpt-instruct',
      tokenizer_type: 'openai_tokenizer',
    },
  });
  const messages = [{ role: 'user', content: 'Hello there!' }];
  expect(await count({ model: 'texts', messages })).toMatchObject({ body: { total_tokens: 10 } });
  expect(await count({ model: 'texts' })).toMatchObject({
    status: 400,
    body: { error: { param: 'messages' } },
  });
});
