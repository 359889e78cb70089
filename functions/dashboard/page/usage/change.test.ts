import { expect, test } from 'vitest';
import { describeChange } from './change.ts';

test.each([
  [112, 100, '▲ 12%', 'up 12% from the period before'],
  [96.6, 100, '▼ 3.4%', 'down 3.4% from the period before'],
  [0, 100, '▼ 100%', 'down 100% from the period before'],
  [100, 100, 'no change', 'no change from the period before'],
  [2500, 100, '▲ 25×', 'up 25× from the period before'],
  [3, 0, 'new', 'up from nothing in the period before'],
])('%s after %s is %s, in words %s', (now, before, short, words) => {
  expect(describeChange(now, before)).toMatchObject({ short, words });
});

test.each([
  [0, 0],
  [null, 5],
  [5, null],
])('%s after %s is no comparison', (now, before) => {
  expect(describeChange(now, before)).toBeNull();
});
