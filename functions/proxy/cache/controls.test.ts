import { describe, expect, test } from 'vitest';
import type { CacheRules } from '../../_shared/config/cache.ts';
import { readControls } from './controls.ts';

const rules: CacheRules = {
  place: { type: 'local' },
  ttlMs: 600_000,
  memoryTtlMs: 60_000,
  namespace: 'house',
  isAskedFor: false,
  callTypes: ['completion'],
  sharing: 'everyone',
};
const usual = { mayRead: true, mayKeep: true, ttlMs: 600_000, maxAgeMs: null, namespace: 'house' };
const read = (given: unknown, header?: string, more: Partial<CacheRules> = {}) =>
  readControls(given, header === undefined ? {} : { 'cache-control': header }, {
    ...rules,
    ...more,
  });

test.each([
  [undefined, undefined, usual],
  [null, undefined, usual],
  [{}, '', usual],
  [{ ttl: 1.5 }, undefined, { ...usual, ttlMs: 1500 }],
  [{ ttl: null, 'no-cache': null }, undefined, usual],
  [{ 's-maxage': 0 }, undefined, { ...usual, maxAgeMs: 0 }],
  [{ 'no-cache': true }, undefined, { ...usual, mayRead: false }],
  [{ 'no-store': true }, undefined, { ...usual, mayKeep: false }],
  [{ namespace: 'mine' }, undefined, { ...usual, namespace: 'mine' }],
  [{ something: 'new' }, undefined, usual],
  [{ 'no-cache': true, 'no-store': true }, undefined, null],
  [{ 'use-cache': false }, undefined, null],
  [undefined, 'No-Cache', { ...usual, mayRead: false }],
  [undefined, 'no-store, max-age=7', { ...usual, mayKeep: false, maxAgeMs: 7000 }],
  [undefined, 's-maxage="9"', { ...usual, maxAgeMs: 9000 }],
  [{ 's-maxage': 5 }, 's-maxage=9', { ...usual, maxAgeMs: 5000 }],
  [undefined, 'private, max-age=-1, no-cachet, max-age=1e9', usual],
  [{ 'no-store': true }, 'no-cache', null],
])('%j with the header %j', (given, header, expected) => {
  expect(read(given, header)).toEqual(expected);
});

describe('mode: default_off', () => {
  const isAskedFor = true;
  test('leaves alone who does not ask for it', () => {
    expect(read(undefined, undefined, { isAskedFor })).toBeNull();
    expect(read({ ttl: 5 }, undefined, { isAskedFor })).toBeNull();
  });
  test('serves who does', () => {
    expect(read({ 'use-cache': true }, undefined, { isAskedFor })).toEqual(usual);
  });
});

test.each([
  [{ ttl: 0 }, 'cache.ttl'],
  [{ ttl: '5' }, 'cache.ttl'],
  [{ ttl: 1e12 }, 'cache.ttl'],
  [{ 's-maxage': -1 }, 'cache.s-maxage'],
  [{ 'no-cache': 'yes' }, 'cache.no-cache'],
  [{ namespace: 'a b' }, 'cache.namespace'],
  [{ namespace: 'x'.repeat(129) }, 'cache.namespace'],
  [true, 'cache'],
  [[], 'cache'],
])('%j is refused by name', (given, param) => {
  expect(() => read(given)).toThrow(
    expect.objectContaining({ status: 400, details: expect.objectContaining({ param }) }),
  );
});
