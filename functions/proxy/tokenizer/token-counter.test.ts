import { afterAll, expect, test } from 'vitest';
import { createTokenCounter } from './token-counter.ts';

const counter = createTokenCounter();
afterAll(() => counter.close());

test('counts as o200k does', async () => {
  expect(await counter.countText('Hello, world!')).toBe(4);
  expect(await counter.countText('')).toBe(0);
});

test('a special token in a text is counted as text', async () => {
  expect(await counter.countText('<|endoftext|>')).toBeGreaterThan(1);
});

test('messages carry their frame; images add no text', async () => {
  const text = await counter.countMessages([{ role: 'user', content: 'Hello, world!' }]);
  expect(text).toBe(1 + 4 + 3 + 3);
  const parts = await counter.countMessages([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Hello, world!' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      ],
    },
  ]);
  expect(parts).toBe(text);
});

test('counts again after its worker has stopped', async () => {
  await counter.close();
  expect(await counter.countText('Hello, world!')).toBe(4);
});
