import { expect } from 'vitest';
import {
  type Data,
  namesIn,
  plainSums,
} from '../../../functions/_shared/store/contract/plain-sums.fixture.ts';
import { type SpendScope, spendScopes } from '../../../functions/_shared/store/spend.ts';
import type { Store } from '../../../functions/_shared/store/store.ts';
import { usageDimensions } from '../../../functions/_shared/store/usage.ts';
import { check } from '../../store/check.ts';
import { reconcile } from '../../store/reconcile.ts';

const always = { from: 0, to: 9_000_000_000_000 };
const dayMs = 86_400_000;

const idsIn = (data: Data, scope: SpendScope): string[] => {
  if (scope === 'global') return [''];
  if (scope === 'tag') return [...new Set(data.tags)];
  if (scope === 'end_user') return [data.end_user].filter(Boolean);
  return [data[`${scope}_id`]].filter(Boolean);
};

function grouped(calls: Data[], namesOf: (data: Data) => string[]): Map<string, Data[]> {
  const groups = new Map<string, Data[]>();
  for (const call of calls) {
    for (const name of namesOf(call)) {
      const group = groups.get(name);
      if (group) group.push(call);
      else groups.set(name, [call]);
    }
  }
  return groups;
}

/** Usage in all its shapes, and spend, are the plain sums over these calls, each counted once. */
export async function expectPlainSums({ usage, spend }: Store, calls: Data[]): Promise<void> {
  const query = { range: always, filter: {} };
  expect(await usage.totals(query)).toMatchObject(plainSums(calls));
  for (const by of usageDimensions) {
    const groups = grouped(calls, (call) => namesIn(call, by));
    const ranks = await usage.rank({ ...query, by, limit: 100 });
    expect(ranks.map(({ value }) => value).sort()).toEqual([...groups.keys()].sort());
    for (const { value, ...totals } of ranks) {
      expect(totals, `${by} ${value}`).toMatchObject(plainSums(groups.get(value) ?? []));
    }
  }
  const days = grouped(calls, ({ started_at: at }) => [String(at - (at % dayMs))]);
  const starts = [...days.keys()].map(Number);
  const range = { from: Math.min(...starts), to: Math.max(...starts) + dayMs };
  const points = await usage.series({ range, filter: {}, step: 'day', time_zone: 'UTC' });
  expect(points.map(({ start }) => start)).toEqual(starts.sort((a, b) => a - b));
  for (const { start, ...totals } of points) {
    expect(totals).toMatchObject(plainSums(days.get(String(start)) ?? []));
  }
  for (const scope of spendScopes) {
    const groups = grouped(calls, (call) => idsIn(call, scope));
    const spent = await spend.list({ scope, limit: 500 });
    expect(spent.map(({ id }) => id).sort(), scope).toEqual([...groups.keys()].sort());
    for (const { id, ...figures } of spent) {
      const { cost_nanos, calls: count } = plainSums(groups.get(id) ?? []);
      expect(figures, `${scope} ${id}`).toEqual({ cost_nanos, calls: count });
    }
  }
}

/** The same that `npm run store` looks at, as people run it. Gives its last words. */
export async function expectWhole(url: string): Promise<string> {
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  try {
    await check({ store: url, say });
    const [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    await reconcile({ store: url, from, to, repair: false, force: false, say });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${said.join('\n')}`);
  }
  return said.slice(-2).join(' ');
}
