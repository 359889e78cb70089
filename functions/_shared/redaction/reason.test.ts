import { expect, test } from 'vitest';
import { withheldReason } from './reason.ts';

test('says what was withheld and why, in as much as a record may hold', () => {
  expect(withheldReason([], { counts: {}, withheld: null })).toBeNull();
  const two = { counts: { email: 2, card: 1 }, withheld: null };
  expect(withheldReason([], two)).toBe('redacted: 2 email, 1 card');
  expect(withheldReason(['response over it'], two)).toBe(
    'response over it; redacted: 2 email, 1 card',
  );
  const many = Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`kind-${index}`, 1]));
  expect(withheldReason([], { counts: many, withheld: null })).toHaveLength(256);
});
