import { expect, test } from 'vitest';
import { type ChatChunk, createAssembler } from './assemble.ts';

const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 5, model: 'm' };
const chunk = (delta: object, finish_reason: string | null = null, index = 0) => ({
  ...head,
  choices: [{ index, delta, finish_reason }],
});
const assemble = (chunks: ChatChunk[]) => {
  const assembler = createAssembler();
  const visible = chunks.map((each) => assembler.add(each));
  return { assembler, visible };
};

test('text, reasoning and usage become one completion', () => {
  const { assembler, visible } = assemble([
    chunk({ role: 'assistant', content: '' }),
    chunk({ reasoning_content: 'hm' }),
    chunk({ content: 'Hel' }),
    chunk({ content: 'lo' }),
    chunk({}, 'stop'),
    { ...head, choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } },
  ]);
  expect(visible).toEqual([false, true, true, true, false, false]);
  expect(assembler.finished).toBe(true);
  expect(assembler.completion()).toMatchObject({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'Hello', reasoning_content: 'hm' },
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 2 },
  });
});

test('parallel tool calls are put together by their index', () => {
  const call = (index: number, rest: object) => ({ tool_calls: [{ index, ...rest }] });
  const { assembler } = assemble([
    chunk(call(0, { id: 'a', type: 'function', function: { name: 'f', arguments: '' } })),
    chunk(call(1, { id: 'b', type: 'function', function: { name: 'g', arguments: '{"y"' } })),
    chunk(call(0, { function: { arguments: '{"x":1}' } })),
    chunk(call(1, { function: { arguments: ':2}' } })),
    chunk({}, 'tool_calls'),
  ]);
  expect(assembler.completion()).toMatchObject({
    choices: [
      {
        message: {
          content: null,
          tool_calls: [
            { id: 'a', function: { name: 'f', arguments: '{"x":1}' } },
            { id: 'b', function: { name: 'g', arguments: '{"y":2}' } },
          ],
        },
        finish_reason: 'tool_calls',
      },
    ],
  });
  expect(assembler.text()).toBe('f{"x":1}g{"y":2}');
});

test('thinking blocks end with their signature, and one of them may be sealed', () => {
  const piece = (block: object) => chunk({ thinking_blocks: [block] });
  const { assembler } = assemble([
    piece({ type: 'thinking', thinking: 'One ' }),
    piece({ type: 'thinking', thinking: 'thought.' }),
    piece({ type: 'thinking', thinking: '', signature: 'a' }),
    piece({ type: 'redacted_thinking', data: 'sealed' }),
    piece({ type: 'thinking', thinking: 'Another.', signature: null }),
    piece({ type: 'something_new' }),
    chunk({}, 'stop'),
  ]);
  expect(assembler.completion()).toMatchObject({
    choices: [
      {
        message: {
          thinking_blocks: [
            { type: 'thinking', thinking: 'One thought.', signature: 'a' },
            { type: 'redacted_thinking', data: 'sealed' },
            { type: 'thinking', thinking: 'Another.' },
          ],
        },
      },
    ],
  });
});

test("the head is that of the first chunk with an id; Azure's first has none", () => {
  const { assembler } = assemble([
    { id: '', model: '', choices: [], prompt_filter_results: [] },
    chunk({ content: 'a' }, 'stop'),
  ]);
  expect(assembler.completion()).toMatchObject({ id: 'chatcmpl-1', model: 'm' });
});

test('several choices are finished when the last one is', () => {
  const { assembler } = assemble([
    chunk({ content: 'a' }, null, 0),
    chunk({ content: 'b' }, null, 1),
    chunk({}, 'stop', 1),
  ]);
  expect(assembler.finished).toBe(false);
  assembler.add(chunk({}, 'length', 0));
  expect(assembler.finished).toBe(true);
  expect(assembler.finishReason).toBe('length');
});

test('whatever an upstream sends, nothing is thrown', () => {
  const { assembler } = assemble([
    {},
    { choices: 'x' },
    { choices: [null, 1, { delta: null }, { delta: { tool_calls: [null, {}, { index: 'x' }] } }] },
  ]);
  expect(assembler.completion()).toMatchObject({ object: 'chat.completion' });
});
