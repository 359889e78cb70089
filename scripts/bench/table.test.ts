import { describe, expect, it } from 'vitest';
import { figure, table } from './table.ts';

describe('figure', () => {
  it.each([
    [51_234.6, '51,235'],
    [104.4, '104'],
    [26.25, '26.3'],
    [-2.71, '-2.71'],
    [0, '0.00'],
    [null, '–'],
    [Number.NaN, '–'],
  ])('writes %s as %s', (value, text) => {
    expect(figure(value)).toBe(text);
  });
});

describe('table', () => {
  it('lines figures up on the right', () => {
    expect(
      table(
        ['what', 'µs'],
        [
          ['plain', '1'],
          ['a', '1,000'],
        ],
      ),
    ).toBe(['what      µs', '─────  ─────', 'plain      1', 'a      1,000'].join('\n'));
  });
});
