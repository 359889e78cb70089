import { expect, test } from 'vitest';
import { defaultView, readView, type ViewState, writeView } from './url-state.ts';

test('the default view has no query at all', () => {
  expect(writeView(defaultView)).toBe('');
  expect(readView('')).toEqual(defaultView);
});

test.each<[string, ViewState]>([
  ['?range=7d', { ...defaultView, range: { kind: 'relative', name: '7d' } }],
  [
    '?model=gpt+4%26&status=failure',
    { ...defaultView, filter: { model: 'gpt 4&', status: 'failure' } },
  ],
  [
    '?key_id=ab&min_cost_nanos=5&stream=true&text=%22so+sorry%22&by=key_id',
    {
      ...defaultView,
      filter: { key_id: 'ab', min_cost_nanos: '5', stream: 'true', text: '"so sorry"' },
      by: 'key_id',
    },
  ],
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
  '?stream=perhaps&min_tokens=-3&text=%3F&unpriced=false',
  '?by=colour',
])('what makes no sense in %s is the default', (search) => {
  expect(readView(search)).toEqual(defaultView);
});
