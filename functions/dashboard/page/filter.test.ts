import { expect, test } from 'vitest';
import {
  checkFilter,
  describeValue,
  enteredFilter,
  type FilterName,
  usagePart,
  withFilter,
} from './filter.ts';

test.each<[FilterName, string, string]>([
  ['model', ' gpt-4o ', 'gpt-4o'],
  ['status', 'failure', 'failure'],
  ['stream', 'false', 'false'],
  ['http_status', '429', '429'],
  ['min_cost_nanos', '$0.25', '250000000'],
  ['min_cost_nanos', '0.000000001', '1'],
  ['text', '"refund me"', '"refund me"'],
])('%s of %s is kept as %s', (name, entered, kept) => {
  expect(enteredFilter(name, entered)).toBe(kept);
});

test.each<[FilterName, string]>([
  ['model', ' '],
  ['model', 'm'.repeat(600)],
  ['status', 'odd'],
  ['stream', 'maybe'],
  ['unpriced', 'false'],
  ['min_latency_ms', '-1'],
  ['min_latency_ms', '1e9'],
  ['text', '?!'],
])('%s of %s makes no sense', (name, value) => {
  expect(checkFilter(name, value)).toBeNull();
  expect(enteredFilter(name, value)).toBeNull();
});

test('a cost that is no amount makes no sense', () => {
  expect(['', '-1', 'much'].map((entered) => enteredFilter('min_cost_nanos', entered))).toEqual([
    null,
    null,
    null,
  ]);
});

test.each<[FilterName, string, string]>([
  ['status', 'interrupted', 'Interrupted'],
  ['cache_hit', 'true', 'hit'],
  ['stream', 'false', 'no'],
  ['min_cost_nanos', '1500000000', '$1.5'],
  ['min_latency_ms', '2500', '2.5 s'],
  ['min_tokens', '12000', '12,000'],
  ['tag', 'prod', 'prod'],
])('%s of %s reads %s', (name, value, words) => {
  expect(describeValue(name, value)).toBe(words);
});

test('a part is set, changed and taken off, and the rest stays', () => {
  const one = withFilter({ tag: 'a' }, 'model', 'm');
  expect(one).toEqual({ tag: 'a', model: 'm' });
  expect(withFilter(one, 'model', 'n')).toEqual({ tag: 'a', model: 'n' });
  expect(withFilter(one, 'tag', null)).toEqual({ model: 'm' });
});

test('usage takes the parts that it knows', () => {
  expect(usagePart({ model: 'm', text: 'x', min_tokens: '5', tag: 't' })).toEqual({
    model: 'm',
    tag: 't',
  });
});
