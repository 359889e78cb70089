import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Router } from 'wouter';
import type { UsageRank } from '../../../_shared/store/usage.ts';
import { noTokens } from '../../../_shared/units.ts';
import { defaultView } from '../url-state.ts';
import { ModelTable } from './ModelTable.tsx';

const rank = (value: string): UsageRank => ({
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
});

function rendered(models: UsageRank[]): string {
  const children = createElement(ModelTable, { models, view: defaultView });
  const props = { ssrPath: '/', children };
  return renderToStaticMarkup(createElement(Router, props));
}

test('a model leads to its calls', () => {
  expect(rendered([rank('gpt-4o')])).toMatch(
    /<a [^>]*href="\/logs\?model=gpt-4o"[^>]*>gpt-4o<\/a>/,
  );
});

test('calls refused before their model was known have a row that says so, and no empty link', () => {
  const html = rendered([rank('')]);
  expect(html).toContain('No model on record');
  expect(html).not.toContain('<a ');
});
