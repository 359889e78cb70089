import { expect, test } from 'vitest';
import { phasesOf } from './phases.ts';

const sum = (phases: { ms: number }[]) => phases.reduce((total, { ms }) => total + ms, 0);
const times = { latency_ms: 1000, time_to_first_token_ms: 300, upstream_ms: 990, overhead_ms: 10 };

test('a stream is gateway, wait and stream, which add up to the latency', () => {
  const phases = phasesOf(times);
  expect(phases.map(({ ms }) => ms)).toEqual([10, 290, 700]);
});

test('an answer in one piece is gateway and upstream', () => {
  const phases = phasesOf({ ...times, time_to_first_token_ms: null });
  expect(phases.map(({ name, ms }) => [name, ms])).toEqual([
    ['Gateway', 10],
    ['Upstream', 990],
  ]);
});

test('figures that contradict each other never make more than the latency, nor less than nothing', () => {
  for (const odd of [
    { ...times, overhead_ms: 5000 },
    { ...times, time_to_first_token_ms: 5000 },
    { ...times, time_to_first_token_ms: 1 },
  ]) {
    const phases = phasesOf(odd);
    expect(sum(phases)).toBe(1000);
    expect(phases.every(({ ms }) => ms > 0)).toBe(true);
  }
});

test('without a latency there is nothing to draw', () => {
  expect(phasesOf({ ...times, latency_ms: null })).toEqual([]);
});
