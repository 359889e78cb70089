import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Came, data, json, sse, startApisUpstream } from './apis-upstream.ts';
import { bookedCall, failureOf } from './asking.ts';
import { masterKey, type Stack, startStack } from './stack.ts';

const head = { id: 'chatcmpl-9', object: 'chat.completion', created: 5, model: 'up' };
const chunk = (given: object, finish_reason: string | null = null) =>
  data({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: given, finish_reason }],
  });
const call = (index: number, id: string | null, name: string | null, args: string) => ({
  tool_calls: [
    {
      index,
      ...(id && { id, type: 'function' }),
      function: { ...(name && { name }), arguments: args },
    },
  ],
});
const chatUsage = {
  prompt_tokens: 10,
  completion_tokens: 5,
  total_tokens: 15,
  completion_tokens_details: { reasoning_tokens: 2 },
};

let upstream: Awaited<ReturnType<typeof startApisUpstream>>;
let stack: Stack;
let openai: OpenAI;
const booked = (response: Response) => bookedCall(stack, response);

function chat(response: Parameters<ReturnType<typeof json>>[0], { body }: Came) {
  const wantsTool = body?.tools !== undefined;
  if (!body?.stream) {
    const said = wantsTool
      ? {
          content: null,
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'add', arguments: '{}' } },
          ],
        }
      : { content: 'Two.', reasoning_content: 'Hm.' };
    const finish_reason = wantsTool
      ? 'tool_calls'
      : body?.max_completion_tokens === 1
        ? 'length'
        : 'stop';
    const choices = [{ index: 0, message: { role: 'assistant', ...said }, finish_reason }];
    return json({ ...head, choices, usage: chatUsage })(response);
  }
  const pieces = wantsTool
    ? [
        chunk(call(0, 'call_1', 'add', '')),
        chunk(call(0, null, null, '{"a"')),
        chunk(call(0, null, null, ':1}')),
        chunk(call(1, 'call_2', 'sub', '{}')),
        chunk({}, 'tool_calls'),
      ]
    : [
        chunk({ role: 'assistant', reasoning_content: 'Hm.' }),
        chunk({ content: 'Tw' }),
        chunk({ content: 'o.' }),
        chunk({}, 'stop'),
      ];
  sse(...pieces, data({ ...head, choices: [], usage: chatUsage }), 'data: [DONE]\n\n')(response);
}

beforeAll(async () => {
  upstream = await startApisUpstream({ 'POST /v1/chat/completions': chat });
  const prices = { input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 };
  stack = await startStack({
    parts: ['broker', 'proxy', 'ingest'],
    config: { model_list: [upstream.entry('told', 'custom_openai/up', prices)] },
  });
  openai = new OpenAI({ apiKey: masterKey, baseURL: `${stack.proxy.url}/v1`, maxRetries: 0 });
});
afterAll(async () => {
  await stack?.end();
  upstream?.close();
});

test('a response is one, told anew', async () => {
  const { data: answer, response } = await openai.responses
    .create({
      model: 'told',
      instructions: 'Be brief.',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'One?' },
            { type: 'input_image', image_url: 'https://x.test/i.png', detail: 'low' },
          ],
        },
        { type: 'function_call', call_id: 'c1', name: 'add', arguments: '{}' },
        { type: 'function_call', call_id: 'c2', name: 'sub', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c1', output: '2' },
        { type: 'function_call_output', call_id: 'c2', output: '0' },
      ],
      max_output_tokens: 50,
      reasoning: { effort: 'low' },
      text: {
        format: { type: 'json_schema', name: 's', schema: { type: 'object' }, strict: true },
      },
    })
    .withResponse();
  expect(upstream.last().body).toEqual({
    model: 'up',
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'One?' },
          { type: 'image_url', image_url: { url: 'https://x.test/i.png', detail: 'low' } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'add', arguments: '{}' } },
          { id: 'c2', type: 'function', function: { name: 'sub', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: '2' },
      { role: 'tool', tool_call_id: 'c2', content: '0' },
    ],
    max_completion_tokens: 50,
    reasoning_effort: 'low',
    response_format: {
      type: 'json_schema',
      json_schema: { name: 's', schema: { type: 'object' }, strict: true },
    },
  });
  expect(answer).toMatchObject({
    object: 'response',
    status: 'completed',
    model: 'told',
    output_text: 'Two.',
    output: [{ type: 'reasoning', summary: [{ text: 'Hm.' }] }, { type: 'message' }],
    usage: { input_tokens: 10, output_tokens: 5, output_tokens_details: { reasoning_tokens: 2 } },
  });
  expect(await booked(response)).toMatchObject({
    endpoint: '/v1/responses',
    response_id: answer.id,
    cost_nanos: 20_000,
  });
});

test('an answer that is too long is incomplete', async () => {
  const answer = await openai.responses.create({
    model: 'told',
    input: '?',
    max_output_tokens: 1,
  });
  expect(answer).toMatchObject({
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
  });
});

test('a stream is one that the SDK’s own helper puts together', async () => {
  const stream = openai.responses.stream({ model: 'told', input: 'One?' });
  const types: string[] = [];
  stream.on('event', ({ type }) => types.push(type));
  const answer = await stream.finalResponse();
  expect(answer).toMatchObject({
    status: 'completed',
    output_text: 'Two.',
    output: [{ type: 'reasoning' }, { type: 'message', status: 'completed' }],
    usage: { total_tokens: 15 },
  });
  expect(types).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.reasoning_summary_part.added',
    'response.reasoning_summary_text.delta',
    'response.reasoning_summary_text.done',
    'response.reasoning_summary_part.done',
    'response.output_item.done',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ]);
});

test.each([true, false])('functions are called (streamed: %s)', async (streamed) => {
  const tools = [
    { type: 'function' as const, name: 'add', parameters: { type: 'object' }, strict: false },
  ];
  const asked = { model: 'told', input: 'Add.', tools, tool_choice: 'required' as const };
  const answer = streamed
    ? await openai.responses.stream(asked).finalResponse()
    : await openai.responses.create(asked);
  expect(upstream.last().body).toMatchObject({
    tool_choice: 'required',
    tools: [{ type: 'function', function: { name: 'add' } }],
  });
  const call = { type: 'function_call', call_id: 'call_1', name: 'add', status: 'completed' };
  expect(answer.output).toMatchObject(
    streamed
      ? [
          { ...call, arguments: '{"a":1}' },
          { call_id: 'call_2', name: 'sub', arguments: '{}' },
        ]
      : [{ ...call, arguments: '{}' }],
  );
});

test.each([
  ['tools of the provider', { tools: [{ type: 'web_search' as const }] }, 'tools[0].type'],
  ['work in the background', { background: true }, 'background'],
])('%s are refused by name', async (_, more, param) => {
  const error = await failureOf(openai.responses.create({ model: 'told', input: '?', ...more }));
  expect(error).toMatchObject({ status: 400, param, code: 'unsupported_parameter' });
});

test('it is not stored, and an error says where it is', async () => {
  const { id } = await openai.responses.create({ model: 'told', input: 'One?' });
  const error = await failureOf(openai.responses.retrieve(id));
  expect(error).toMatchObject({ status: 404 });
  expect(error.message).toContain(`/spend/logs?request_id=${id}`);
});
