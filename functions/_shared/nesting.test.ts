import { expect, test } from 'vitest';
import { isNestedDeeper } from './nesting.ts';

test('counts arrays and objects alike', () => {
  expect(isNestedDeeper('text', 0)).toBe(false);
  expect(isNestedDeeper(null, 0)).toBe(false);
  expect(isNestedDeeper({}, 0)).toBe(true);
  expect(isNestedDeeper({ a: [1, { b: 'x' }] }, 3)).toBe(false);
  expect(isNestedDeeper({ a: [1, { b: 'x' }] }, 2)).toBe(true);
});

test('looks no deeper than it must', () => {
  const deep: unknown = JSON.parse('['.repeat(1_000_000) + ']'.repeat(1_000_000));
  expect(isNestedDeeper(deep, 200)).toBe(true);
});
