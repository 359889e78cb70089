import { expect, test } from 'vitest';
import { createTraffic } from './traffic.ts';

const monday = Date.UTC(2026, 5, 1);
const week = { from: monday, to: monday + 7 * 86_400_000 };

test('gives as many calls as asked for, in order, within the time, each with an id of its own', () => {
  const calls = [...createTraffic({ ...week, calls: 5000, bodyLength: 300 })];
  expect(calls).toHaveLength(5000);
  expect(new Set(calls.map(({ id }) => id)).size).toBe(5000);
  const times = calls.map(({ data }) => data.started_at);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(times[0]).toBeGreaterThanOrEqual(week.from);
  expect(times.at(-1)).toBeLessThan(week.to);
});

test('gives the same calls for the same seed, and others for another', () => {
  const ids = (seed: number) =>
    [...createTraffic({ ...week, calls: 50, seed })].map(({ id, data }) => [id, data]);
  expect(ids(1)).toEqual(ids(1));
  expect(ids(1)).not.toEqual(ids(2));
});

test('looks like an office: busy by day, some failures, most calls from few keys, mostly priced', () => {
  const calls = [...createTraffic({ ...week, calls: 20_000, bodyLength: 300 })].map(
    ({ data }) => data,
  );
  const share = (matches: (call: (typeof calls)[number]) => boolean) =>
    calls.filter(matches).length / calls.length;
  const hour = (at: number) => new Date(at).getUTCHours();
  expect(share(({ started_at: at }) => hour(at) >= 8 && hour(at) < 18)).toBeGreaterThan(0.6);
  expect(share(({ status }) => status === 'failure')).toBeGreaterThan(0.01);
  expect(share(({ status }) => status === 'failure')).toBeLessThan(0.05);
  const [busiest = 0] = [...Map.groupBy(calls, (call) => call.key_id).values()]
    .map((group) => group.length)
    .sort((a, b) => b - a);
  expect(busiest / calls.length).toBeGreaterThan(0.1);
  expect(share(({ cost_nanos: cost }) => cost !== null)).toBeGreaterThan(0.8);
});
