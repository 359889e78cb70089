import { expect, test } from 'vitest';
import { describeChange } from './change.ts';

test.each([
  [112, 100, '▲ 12%'],
  [96.6, 100, '▼ 3.4%'],
  [0, 100, '▼ 100%'],
  [100, 100, 'no change'],
  [2500, 100, '▲ 25×'],
  [3, 0, 'new'],
])('%s after %s is %s', (now, before, short) => {
  expect(describeChange(now, before)?.short).toBe(short);
});

test.each([
  [0, 0],
  [null, 5],
  [5, null],
])('%s after %s is no comparison', (now, before) => {
  expect(describeChange(now, before)).toBeNull();
});
