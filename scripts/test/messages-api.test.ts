import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Came, data, json, named, sse, startApisUpstream } from './apis-upstream.ts';
import { bookedCall } from './asking.ts';
import { masterKey, type Stack, startStack } from './stack.ts';

type Json = Record<string, unknown>;

const message = {
  id: 'msg_01',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5-20250929',
  content: [{ type: 'text', text: 'Two.' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 6, cache_read_input_tokens: 4, output_tokens: 5 },
};
const event = (type: string, more: Json) => named({ type, ...more } as { type: string });
const begun = event('message_start', {
  message: {
    ...message,
    content: [],
    stop_reason: null,
    usage: { ...message.usage, output_tokens: 1 },
  },
});
const opened = event('content_block_start', {
  index: 0,
  content_block: { type: 'text', text: '' },
});
const grown = (text: string) =>
  event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
const ended = [
  event('content_block_stop', { index: 0 }),
  event('message_delta', {
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 5 },
  }),
  event('message_stop', {}),
];
const overloaded = event('error', { error: { type: 'overloaded_error', message: 'Overloaded.' } });

const head = { id: 'chatcmpl-9', object: 'chat.completion', created: 5, model: 'up' };
const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
const chunk = (delta: object, finish_reason: string | null = null) =>
  data({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] });
const piece = (index: number, given: object) => chunk({ tool_calls: [{ index, ...given }] });

function chat(response: Parameters<ReturnType<typeof json>>[0], { body }: Came) {
  if (!body?.stream) {
    const call = {
      id: 'call_1',
      type: 'function',
      function: { name: 'add', arguments: '{"a":1}' },
    };
    const said = {
      role: 'assistant',
      content: 'Adding.',
      reasoning_content: 'Hm.',
      tool_calls: [call],
    };
    const choices = [{ index: 0, message: said, finish_reason: 'tool_calls' }];
    return json({ ...head, choices, usage })(response);
  }
  sse(
    chunk({ role: 'assistant', reasoning_content: 'Hm.' }),
    chunk({ content: 'Add' }),
    chunk({ content: 'ing.' }),
    piece(0, { id: 'call_1', type: 'function', function: { name: 'add', arguments: '' } }),
    piece(0, { function: { arguments: '{"a":' } }),
    piece(0, { function: { arguments: '1}' } }),
    piece(1, { id: 'call_2', type: 'function', function: { name: 'sub', arguments: '{}' } }),
    chunk({}, 'tool_calls'),
    data({ ...head, choices: [], usage }),
    'data: [DONE]\n\n',
  )(response);
}

let upstream: Awaited<ReturnType<typeof startApisUpstream>>;
let stack: Stack;

beforeAll(async () => {
  upstream = await startApisUpstream({
    'POST /v1/messages': (response, { body }) => {
      const said = (body?.messages as Json[] | undefined)?.[0]?.content;
      if (said === 'break') return sse(begun, opened, grown('T'), overloaded)(response);
      if (said === 'cut') return sse(begun, opened, grown('T'))(response);
      if (said === 'refuse') {
        const error = { type: 'invalid_request_error', message: 'max_tokens: too many' };
        return json({ type: 'error', error }, 400)(response);
      }
      if (body?.stream) return sse(begun, opened, grown('Tw'), grown('o.'), ...ended)(response);
      json(message)(response);
    },
    'POST /v1/messages/count_tokens': json({ input_tokens: 42 }),
    'POST /v1/chat/completions': chat,
  });
  const prices = { input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 };
  const api_base = upstream.origin;
  stack = await startStack({
    parts: ['broker', 'proxy', 'ingest'],
    config: {
      model_list: [
        upstream.entry('claude', 'anthropic/claude-sonnet-4-5', { ...prices, api_base }),
        upstream.entry('other', 'custom_openai/up', prices),
      ],
    },
  });
});
afterAll(async () => {
  await stack?.end();
  upstream?.close();
});

/** As Anthropic's SDK asks. */
const ask = (body: Json, key = masterKey, path = '/v1/messages') =>
  fetch(`${stack.proxy.url}${path}`, {
    method: 'POST',
    headers: {
      'x-api-key': key,
      'content-type': 'application/json',
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'context-1m-2025-08-07',
    },
    body: JSON.stringify(body),
  });
const question = (model: string, content: unknown = 'One?'): Json => ({
  model,
  max_tokens: 100,
  messages: [{ role: 'user', content }],
});

async function eventsOf(answer: Response): Promise<Json[]> {
  const events = (await answer.text()).trim().split('\n\n');
  return events.map((text) => {
    const [, name, given = ''] = /^event: (.*)\ndata: (.*)$/s.exec(text) ?? [];
    const object = JSON.parse(given) as Json;
    expect(object.type).toBe(name);
    return object;
  });
}

describe('at Anthropic', () => {
  test('a message is passed on with the client’s betas, priced and booked', async () => {
    const asked = { ...question('claude'), mcp_servers: [{ name: 'x' }] };
    const answer = await ask(asked);
    expect(upstream.last()).toMatchObject({
      headers: { 'anthropic-beta': 'context-1m-2025-08-07', 'x-api-key': 'sk-up' },
    });
    expect(upstream.last().body).toEqual({ ...asked, model: 'claude-sonnet-4-5' });
    expect(await answer.json()).toEqual({ ...message, model: 'claude' });
    expect(await bookedCall(stack, answer)).toMatchObject({
      endpoint: '/v1/messages',
      operation: 'chat',
      response_id: 'msg_01',
      finish_reason: 'end_turn',
      tokens: { input: 6, cache_read: 4, output: 5 },
      status: 'success',
    });
  });

  test('a stream is passed on, and put together for the books', async () => {
    const answer = await ask({ ...question('claude'), stream: true });
    const events = await eventsOf(answer);
    expect(events.map(({ type }) => type)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(events[0]).toMatchObject({ message: { model: 'claude' } });
    const call = await bookedCall(stack, answer);
    expect(call).toMatchObject({
      stream: true,
      status: 'success',
      tokens: { input: 6, cache_read: 4, output: 5 },
    });
    expect(call.response).toMatchObject({ content: [{ type: 'text', text: 'Two.' }] });
  });

  test.each([
    ['break', 'overloaded_error'],
    ['cut', 'api_error'],
  ])('a stream that does not come whole (%s) ends with %s', async (content, type) => {
    const answer = await ask({ ...question('claude', content), stream: true });
    const events = await eventsOf(answer);
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { type } });
    expect(await bookedCall(stack, answer)).toMatchObject({ status: 'interrupted' });
  });

  test('its errors come in its own shape', async () => {
    const answer = await ask(question('claude', 'refuse'));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({
      type: 'error',
      error: { type: 'invalid_request_error', message: 'max_tokens: too many' },
    });
  });
});

describe('at another provider', () => {
  const conversation = {
    ...question('other'),
    system: [{ type: 'text', text: 'Be brief.' }],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'One?' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'QUJD' } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Adding.' },
          { type: 'tool_use', id: 't1', name: 'add', input: { a: 1 } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: '2' }] },
          { type: 'text', text: 'And?' },
        ],
      },
    ],
    tools: [{ name: 'add', description: 'Adds.', input_schema: { type: 'object' } }],
    tool_choice: { type: 'any', disable_parallel_tool_use: true },
    stop_sequences: ['\n\n'],
    metadata: { user_id: 'u1' },
    thinking: { type: 'enabled', budget_tokens: 2048 },
  };

  test('a message is a chat completion, told anew', async () => {
    const answer = await ask(conversation);
    expect(upstream.last().body).toEqual({
      model: 'up',
      max_completion_tokens: 100,
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'One?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } },
          ],
        },
        {
          role: 'assistant',
          content: 'Adding.',
          tool_calls: [
            { id: 't1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } },
          ],
        },
        { role: 'tool', tool_call_id: 't1', content: '2' },
        { role: 'user', content: 'And?' },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'add', description: 'Adds.', parameters: { type: 'object' } },
        },
      ],
      tool_choice: 'required',
      parallel_tool_calls: false,
      stop: ['\n\n'],
      user: 'u1',
      reasoning_effort: 'medium',
    });
    expect(await answer.json()).toEqual({
      id: 'chatcmpl-9',
      type: 'message',
      role: 'assistant',
      model: 'other',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: '' },
        { type: 'text', text: 'Adding.' },
        { type: 'tool_use', id: 'call_1', name: 'add', input: { a: 1 } },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: {
        input_tokens: 10,
        output_tokens: 5,
        cache_read_input_tokens: 0,
        cache_creation_input_tokens: 0,
      },
    });
    expect(await bookedCall(stack, answer)).toMatchObject({
      endpoint: '/v1/messages',
      cost_nanos: 20_000,
    });
  });

  test('a stream has its blocks one after the other', async () => {
    const answer = await ask({ ...conversation, stream: true });
    const events = await eventsOf(answer);
    const told = events.map(({ type, index, content_block, delta }) =>
      [type, index, (content_block as Json)?.type ?? (delta as Json)?.type].filter(
        (x) => x != null,
      ),
    );
    expect(told).toEqual([
      ['message_start'],
      ['content_block_start', 0, 'thinking'],
      ['content_block_delta', 0, 'thinking_delta'],
      ['content_block_stop', 0],
      ['content_block_start', 1, 'text'],
      ['content_block_delta', 1, 'text_delta'],
      ['content_block_delta', 1, 'text_delta'],
      ['content_block_stop', 1],
      ['content_block_start', 2, 'tool_use'],
      ['content_block_delta', 2, 'input_json_delta'],
      ['content_block_delta', 2, 'input_json_delta'],
      ['content_block_stop', 2],
      ['content_block_start', 3, 'tool_use'],
      ['content_block_delta', 3, 'input_json_delta'],
      ['content_block_stop', 3],
      ['message_delta'],
      ['message_stop'],
    ]);
    expect(events.at(-2)).toMatchObject({
      delta: { stop_reason: 'tool_use' },
      usage: { input_tokens: 10, output_tokens: 5 },
    });
    const call = await bookedCall(stack, answer);
    expect(call.response).toMatchObject({
      content: [{}, { text: 'Adding.' }, { input: { a: 1 } }, { name: 'sub', input: {} }],
      stop_reason: 'tool_use',
    });
    expect(call.cost_nanos).toBe(20_000);
  });

  test('a tool of Anthropic’s own is refused by name', async () => {
    const tools = [{ type: 'web_search_20250305', name: 'web_search' }];
    const answer = await ask({ ...question('other'), tools });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', message: expect.stringContaining('web_search') },
    });
  });
});

test.each([
  ['a wrong key', question('claude'), 'sk-wrong', 401, 'authentication_error'],
  ['an unknown model', question('none'), masterKey, 404, 'not_found_error'],
  [
    'no max_tokens',
    { ...question('claude'), max_tokens: undefined },
    masterKey,
    400,
    'invalid_request_error',
  ],
])('%s is an error in Anthropic’s shape', async (_, body, key, status, type) => {
  const answer = await ask(body, key);
  expect(answer.status).toBe(status);
  expect(await answer.json()).toMatchObject({ type: 'error', error: { type } });
});

test('tokens are counted by Anthropic for its models, and by us for others', async () => {
  const { max_tokens: _, ...asked } = question('claude');
  const told = await ask(asked, masterKey, '/v1/messages/count_tokens');
  expect(await told.json()).toEqual({ input_tokens: 42 });
  expect(upstream.last().body).toEqual({ ...asked, model: 'claude-sonnet-4-5' });
  const counted = await ask({ ...asked, model: 'other' }, masterKey, '/messages/count_tokens');
  const { input_tokens } = (await counted.json()) as { input_tokens: number };
  expect(input_tokens).toBeGreaterThan(0);
  expect(input_tokens).toBeLessThan(30);
  expect(await bookedCall(stack, counted)).toMatchObject({
    operation: 'count_tokens',
    cost_nanos: 0,
    attempts: [],
  });
});
