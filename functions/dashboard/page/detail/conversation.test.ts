import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readConversation } from './conversation.ts';

test('a chat with tools and reasoning reads in order', () => {
  const turns = readConversation(
    {
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Weather?' },
            { type: 'image_url', image_url: { url: 'data:…' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'call_1', function: { name: 'weather', arguments: '{"city":"Ulm"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: '12 °C' },
      ],
    },
    { choices: [{ message: { reasoning_content: 'Cold.', content: 'Take a coat.' } }] },
  );
  expect(turns.map(({ role, name }) => [role, name])).toEqual([
    ['system', ''],
    ['user', ''],
    ['assistant', ''],
    ['tool', 'call_1'],
    ['assistant', ''],
  ]);
  expect(turns[1]?.parts).toEqual([
    { kind: 'text', text: 'Weather?' },
    { kind: 'other', what: 'image url' },
  ]);
  expect(turns[2]?.parts).toEqual([
    { kind: 'tool_call', name: 'weather', id: 'call_1', arguments: '{\n  "city": "Ulm"\n}' },
  ]);
  expect(turns[4]?.parts).toEqual([
    { kind: 'reasoning', text: 'Cold.' },
    { kind: 'text', text: 'Take a coat.' },
  ]);
});

test('arguments that a model broke off are shown as they came', () => {
  const [turn] = readConversation(null, {
    choices: [{ message: { tool_calls: [{ function: { name: 'f', arguments: '{"a":' } }] } }],
  });
  expect(turn?.parts[0]).toMatchObject({ arguments: '{"a":' });
});

test('whatever the bodies are, reading them does not fail', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const odd = readConversation({ messages: [a, { role: a, content: b }] }, { choices: [b] });
      return Array.isArray(odd) && Array.isArray(readConversation(a, b));
    }),
  );
});
