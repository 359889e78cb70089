import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Router } from 'wouter';
import type { UsageDimension, UsageRank } from '../../../_shared/store/usage.ts';
import { noTokens } from '../../../_shared/units.ts';
import { defaultView } from '../url-state.ts';
import { RankTable } from './RankTable.tsx';

const rank = (value: string, given: Partial<UsageRank> = {}): UsageRank => ({
  value,
  calls: 2,
  failures: 2,
  interruptions: 0,
  tokens: noTokens(),
  cost_nanos: 0,
  unpriced_calls: 0,
  cache_hits: 0,
  saved_nanos: 0,
  latency_ms: { p50: 1, p95: 2, p99: 2 },
  time_to_first_token_ms: { p50: null, p95: null, p99: null },
  ...given,
});

function rendered(by: UsageDimension, ranks: UsageRank[], totals = rank('')): string {
  const children = createElement(RankTable, {
    by,
    ranks,
    totals,
    view: defaultView,
    keyName: (id) => (id === 'f00d' ? 'batch-job' : id.slice(0, 2)),
    onChange: () => {},
  });
  const props = { ssrPath: '/', children };
  return renderToStaticMarkup(createElement(Router, props));
}

test('a model leads to its calls', () => {
  expect(rendered('model', [rank('gpt-4o')])).toMatch(
    /<a [^>]*href="\/logs\?model=gpt-4o"[^>]*>gpt-4o<\/a>/,
  );
});

test('calls refused before their model was known have a row that says so, and no empty link', () => {
  const html = rendered('model', [rank('')]);
  expect(html).toContain('No model on record');
  expect(html).not.toContain('<a ');
});

test('a key is called by its alias and found by its hash', () => {
  expect(rendered('key_id', [rank('f00d')])).toMatch(
    /<a [^>]*href="\/logs\?key_id=f00d"[^>]*>batch-job<\/a>/,
  );
});

test('cache hits and what they saved have columns only where there are any', () => {
  const hits = rank('m', { cache_hits: 1, saved_nanos: 2_500_000_000 });
  expect(rendered('model', [hits], hits)).toContain('$2.50');
  expect(rendered('model', [rank('m')])).not.toContain('Saved');
});

test('shares are of the cost, or of the calls where nothing has one', () => {
  const costly = rank('a', { cost_nanos: 30 });
  expect(rendered('model', [costly], rank('', { cost_nanos: 40 }))).toContain('75%');
  expect(rendered('model', [rank('a')], rank('', { calls: 8 }))).toContain('25%');
});
