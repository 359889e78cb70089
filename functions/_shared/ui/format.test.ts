import { describe, expect, test } from 'vitest';
import { noTokens } from '../units.ts';
import {
  formatCompact,
  formatDateTime,
  formatLatency,
  formatMoney,
  formatMoneyExactly,
  formatMoneyShort,
  formatShare,
  formatTimeOfDay,
  formatTokens,
  formatUnitPrice,
} from './format.ts';

describe('money', () => {
  test.each([
    [null, '—'],
    [0, '$0.00'],
    [4_200_000, '$0.0042'],
    [12_345, '$0.000012'],
    [499, '<$0.000001'],
    [420_000_000, '$0.42'],
    [1_234_567_890_000, '$1,234.57'],
    [-4_200_000, '−$0.0042'],
  ])('%s nano-dollars read %s', (nanos, text) => {
    expect(formatMoney(nanos)).toBe(text);
  });

  test('keeps every digit where it is exact, and says unknown for no price', () => {
    expect(formatMoneyExactly(4_200_015)).toBe('$0.004200015');
    expect(formatMoneyExactly(null)).toBe('unknown');
  });

  test('a tile never rounds a small cost down to nothing', () => {
    expect(formatMoneyShort(1)).toBe('<$0.01');
    expect(formatMoneyShort(0)).toBe('$0.00');
    expect(formatMoneyShort(1_234_560_000_000)).toBe('$1,234.56');
  });

  test('a price is for a million tokens', () => {
    expect(formatUnitPrice(2_500_000_000)).toBe('$2.50 / 1M');
    expect(formatUnitPrice(75_000_000)).toBe('$0.075 / 1M');
  });
});

test.each([
  [null, '—'],
  [0.4, '0.4 ms'],
  [840.4, '840 ms'],
  [999.7, '1 s'],
  [2310, '2.31 s'],
  [90_000, '1.5 min'],
])('%s ms reads %s', (ms, text) => {
  expect(formatLatency(ms)).toBe(text);
});

test('tokens read in → out, with every kind in its side', () => {
  const tokens = { ...noTokens(), input: 1000, cache_read: 204, output: 300, reasoning: 56 };
  expect(formatTokens(tokens)).toBe('1,204 → 356');
});

test('counts and shares', () => {
  expect(formatCompact(1_234_567)).toBe('1.2M');
  expect(formatCompact(12_345)).toBe('12.3K');
  expect(formatCompact(1994)).toBe('1,994');
  expect(formatShare(3, 8012)).toBe('0.04%');
  expect(formatShare(1, 3)).toBe('33.3%');
  expect(formatShare(0, 0)).toBe('—');
});

test('times carry their zone, on both sides of a change of clocks', () => {
  const winter = Date.UTC(2026, 10, 24, 13, 3, 22);
  const summer = Date.UTC(2026, 6, 24, 13, 3, 22);
  expect(formatDateTime(winter, 'Europe/Berlin')).toBe('24 Nov 2026, 14:03:22 CET');
  expect(formatDateTime(summer, 'Europe/Berlin')).toBe('24 Jul 2026, 15:03:22 CEST');
  expect(formatTimeOfDay(winter, 'Asia/Kathmandu')).toBe('18:48:22');
});
