import { expect, test } from 'vitest';
import { createEventReader } from './event-reader.ts';

const text = 'event: delta\ndata: {"text":"a\\n\\nb"}\n\nevent: done\ndata: {}\n\n';
const events = [
  { name: 'delta', data: '{"text":"a\\n\\nb"}' },
  { name: 'done', data: '{}' },
];

test('gives the same events wherever the text is cut', () => {
  for (let at = 0; at <= text.length; at++) {
    const reader = createEventReader();
    expect([...reader.push(text.slice(0, at)), ...reader.push(text.slice(at))]).toEqual(events);
  }
});

test('gives no event before it is whole', () => {
  const reader = createEventReader();
  expect(reader.push('event: done\ndata: {}\n')).toEqual([]);
  expect(reader.push('\n')).toEqual([{ name: 'done', data: '{}' }]);
});
