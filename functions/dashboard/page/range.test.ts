import { describe, expect, test } from 'vitest';
import { barStarts, resolveRange } from './range.ts';

const now = Date.UTC(2026, 10, 24, 13, 7, 30);
const hour = 3600_000;
const relative = (name: '1h' | '24h' | '7d' | '30d') => ({ kind: 'relative', name }) as const;

describe('a relative range', () => {
  test.each([
    ['1h', 'minute', 60],
    ['24h', 'quarter_hour', 96],
    ['7d', 'hour', 168],
    ['30d', 'day', 30],
  ] as const)('%s is drawn by %s in %i bars that begin where it begins', (name, step, bars) => {
    const range = resolveRange(relative(name), now, 'Europe/Berlin');
    const starts = barStarts(range, 'Europe/Berlin');
    expect(range.step).toBe(step);
    expect(range.to).toBe(now);
    expect(starts).toHaveLength(bars);
    expect(starts[0]).toBe(range.from);
  });
});

describe('a chosen range', () => {
  const custom = (from: number, to: number) =>
    resolveRange({ kind: 'custom', from, to }, now, 'UTC').step;

  test('is drawn by minutes only while minutes are kept', () => {
    expect(custom(now - hour, now)).toBe('minute');
    expect(custom(now - 100 * hour, now - 99 * hour)).toBe('quarter_hour');
  });

  test('is drawn in coarser bars the longer it is', () => {
    expect(custom(now - 24 * hour, now)).toBe('quarter_hour');
    expect(custom(now - 5 * 24 * hour, now)).toBe('hour');
    expect(custom(now - 300 * 24 * hour, now)).toBe('day');
  });
});

test('days begin at local midnight, also when the clocks change', () => {
  const range = {
    from: Date.UTC(2026, 9, 23, 22),
    to: Date.UTC(2026, 9, 26, 12),
    step: 'day' as const,
  };
  expect(barStarts(range, 'Europe/Berlin').map((start) => new Date(start).toISOString())).toEqual([
    '2026-10-23T22:00:00.000Z',
    '2026-10-24T22:00:00.000Z',
    '2026-10-25T23:00:00.000Z',
  ]);
});

test("hours begin where the zone's clocks say", () => {
  const from = Date.UTC(2026, 10, 24, 10, 30);
  const starts = barStarts({ from, to: from + 2 * hour, step: 'hour' }, 'Asia/Kathmandu');
  expect(new Date(starts[0] as number).toISOString()).toBe('2026-11-24T10:15:00.000Z');
});
