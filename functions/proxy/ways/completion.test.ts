import { expect, test } from 'vitest';
import { tellCompletion } from './completion.ts';

test('what is counted of an answer is what the model wrote, not the JSON that it came in', () => {
  const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"x":1}' } };
  const choices = [
    { message: { role: 'assistant', content: 'one "two"', refusal: null } },
    { message: { role: 'assistant', content: null, tool_calls: [call] } },
    { message: { role: 'assistant', content: 'three', reasoning_content: 'hm ' } },
    { text: ' four' },
    { message: 'nonsense' },
    null,
  ];
  const told = tellCompletion({ choices: choices as object[] }, '');
  expect(told.completion()).toBe('one "two"f{"x":1}threehm  four');
});
