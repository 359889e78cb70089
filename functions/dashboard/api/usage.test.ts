import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bookCalls, type Running, startDashboard } from '../dashboard.fixture.ts';
import type { AlertsAnswer } from './alerts.ts';
import type { KeyAliasesAnswer } from './key-aliases.ts';
import type { BreakdownAnswer, FacetsAnswer, UsageAnswer } from './usage.ts';

const hour = 3600_000;
const start = Math.floor(Date.now() / hour) * hour - 5 * hour;

let dashboard: Running;
beforeAll(async () => {
  dashboard = await startDashboard();
  const call = (key: string, alias: string | null, cost_nanos: number, tags: string[] = []) => ({
    started_at: start + cost_nanos,
    key_id: key,
    key_alias: alias,
    team_id: key.slice(0, 1),
    cost_nanos,
    tags,
  });
  await bookCalls(dashboard, [
    call('a1', 'nightly', 5, ['prod']),
    call('a1', 'nightly', 6),
    call('b2', null, 100, ['prod', 'eu']),
    { ...call('', null, 1), cache_hit: true, cost_nanos: 0, saved_nanos: 40 },
  ]);
  await dashboard.signIn();
});
afterAll(() => dashboard.stop());

async function get<T>(path: string): Promise<T> {
  const answer = await dashboard.ask(`/ui/api/${path}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as T;
}

const range = `from=${start}&to=${start + hour}`;
const series = `${range}&step=hour`;
const shown = (ranks: { value: string; calls: number }[]) =>
  ranks.map(({ value, calls }) => [value, calls]);

describe('usage', () => {
  test('is broken down by what is asked for, the costliest first', async () => {
    const byKey = await get<UsageAnswer>(`usage?${series}&by=key_id`);
    expect(byKey.by).toBe('key_id');
    expect(shown(byKey.ranks)).toEqual([
      ['b2', 1],
      ['a1', 2],
      ['', 1],
    ]);
    expect(byKey.totals).toMatchObject({ cache_hits: 1, saved_nanos: 40 });
    const top = await get<UsageAnswer>(`usage?${series}&by=team_id&top=1`);
    expect(shown(top.ranks)).toEqual([['b', 1]]);
  });

  test('can be narrowed to a key, a team and a tag', async () => {
    const calls = async (filter: string) =>
      (await get<UsageAnswer>(`usage?${series}&${filter}`)).totals.calls;
    expect(await calls('key_id=a1')).toBe(2);
    expect(await calls('team_id=b')).toBe(1);
    expect(await calls('tag=prod')).toBe(2);
  });

  test('has the biggest values over time, and the whole beside them', async () => {
    const { series: parts, points } = await get<BreakdownAnswer>(
      `usage/breakdown?${series}&by=key_id&top=2`,
    );
    expect(parts.map(({ value, points }) => [value, points.map(({ calls }) => calls)])).toEqual([
      ['b2', [1]],
      ['a1', [2]],
    ]);
    expect(points.map(({ calls }) => calls)).toEqual([4]);
  });

  test('offers the values that calls of the time have, for a menu', async () => {
    const byTag = await get<FacetsAnswer>(`facets?${range}&by=tag`);
    expect(shown(byTag.values)).toEqual([
      ['prod', 2],
      ['eu', 1],
    ]);
    expect((await get<FacetsAnswer>(`facets?from=1&to=2&by=key_id`)).values).toEqual([]);
  });
});

test.each([
  [`usage?${series}&by=colour`, 'by'],
  [`usage?${series}&top=101`, 'top'],
  [`usage?${series}&text=hello`, 'text'],
  [`usage/breakdown?${series}&top=6`, 'top'],
  [`facets?${range}&by=end_user`, 'by'],
  ['key-aliases', 'id'],
  [`key-aliases?${'id=a&'.repeat(101)}`, 'id'],
  ['alerts?before=yesterday', 'before'],
  ['alerts?limit=0', 'limit'],
])('%s is a bad request that names %s', async (path, param) => {
  const answer = await dashboard.ask(`/ui/api/${path}`);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { param: expect.stringMatching(param) } });
});

test('keys have the alias of their latest call, and are asked for once in a while', async () => {
  const aliases = async () =>
    (await get<KeyAliasesAnswer>('key-aliases?id=a1&id=b2&id=none')).aliases;
  expect(await aliases()).toEqual({ a1: 'nightly', b2: null, none: null });
  await bookCalls(
    dashboard,
    [{ started_at: start + 10, key_id: 'a1', key_alias: 'hourly' }],
    '/renamed',
  );
  expect(await aliases()).toMatchObject({ a1: 'nightly' });
  dashboard.clock.now += 5 * 60_000;
  expect(await aliases()).toMatchObject({ a1: 'hourly' });
});

test('alerts come newest first, by pages that meet without a gap', async () => {
  for (const rule of ['spend', 'errors', 'slow']) {
    const alert = {
      id: `alert-${rule}`,
      rule,
      severity: 'warning' as const,
      scope: 'global',
      window_start: start,
      window_ms: hour,
      value: 2,
      threshold: 1,
      message: `Too much ${rule}.`,
    };
    expect(await dashboard.store.alerts.raise(alert)).toBe(true);
  }
  const seen: string[] = [];
  let before = '';
  do {
    const page = await get<AlertsAnswer>(`alerts?limit=1${before}`);
    seen.push(...page.alerts.map(({ rule }) => rule));
    before = page.next ? `&before=${encodeURIComponent(page.next)}` : '';
  } while (before);
  expect(seen.toSorted()).toEqual(['errors', 'slow', 'spend']);
});
