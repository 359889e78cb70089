import { expect, test } from 'vitest';
import { defaultView, readView, type ViewState, writeView } from './url-state.ts';

test('the default view has no query at all', () => {
  expect(writeView(defaultView)).toBe('');
  expect(readView('')).toEqual(defaultView);
});

test.each<[string, ViewState]>([
  ['?range=7d', { ...defaultView, range: { kind: 'relative', name: '7d' } }],
  ['?model=gpt+4%26&status=failure', { ...defaultView, model: 'gpt 4&', status: 'failure' }],
  [
    '?from=2026-11-01T00%3A00%3A00.000Z&to=2026-11-02T00%3A00%3A00.000Z',
    {
      ...defaultView,
      range: { kind: 'custom', from: Date.UTC(2026, 10, 1), to: Date.UTC(2026, 10, 2) },
    },
  ],
])('%s is read and written the same', (search, view) => {
  expect(readView(search)).toEqual(view);
  expect(writeView(view)).toBe(search);
});

test.each([
  '?range=9y',
  '?status=odd',
  '?from=2026-11-02&to=2026-11-01',
  '?from=x&to=y',
  '?model=',
])('what makes no sense in %s is the default', (search) => {
  expect(readView(search)).toEqual(defaultView);
});
