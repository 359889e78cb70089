import { expect, test } from 'vitest';
import { aKeptAnswer } from './kept-answer.fixture.ts';
import { createMemory } from './memory.ts';

const answer = (length: number) => aKeptAnswer({ text: 'x'.repeat(length) });
const until = 1000;

test('those that were used least lately go first', () => {
  const memory = createMemory({ maxEntries: 2, maxBytes: 1e9 });
  memory.put('a', answer(1), until);
  memory.put('b', answer(1), until);
  memory.get('a', 0);
  memory.put('c', answer(1), until);
  expect(['a', 'b', 'c'].filter((key) => memory.get(key, 0))).toEqual(['a', 'c']);
});

test('takes no more bytes than it may, and counts them right', () => {
  const maxBytes = 20_000;
  const memory = createMemory({ maxEntries: 1e9, maxBytes });
  for (let index = 0; index < 100; index++) {
    memory.put(`key ${index % 7}`, answer((index * 397) % 4000), until);
    expect(memory.bytes).toBeLessThanOrEqual(maxBytes);
  }
  expect(memory.size).toBeGreaterThan(1);
  for (let index = 0; index < 7; index++) memory.remove(`key ${index}`);
  expect([memory.bytes, memory.size]).toEqual([0, 0]);
});

test('one that is larger than all the room puts nobody out', () => {
  const memory = createMemory({ maxEntries: 10, maxBytes: 10_000 });
  memory.put('small', answer(1), until);
  memory.put('large', answer(10_000), until);
  expect(memory.get('large', 0)).toBeNull();
  expect(memory.get('small', 0)).not.toBeNull();
});

test('is forgotten in its time', () => {
  const memory = createMemory({ maxEntries: 10, maxBytes: 10_000 });
  memory.put('a', answer(1), until);
  expect(memory.get('a', until - 1)).not.toBeNull();
  expect(memory.get('a', until)).toBeNull();
  expect(memory.bytes).toBe(0);
});
