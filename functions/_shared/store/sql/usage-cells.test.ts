import fc from 'fast-check';
import { expect, test } from 'vitest';
import { day, hour, minute, quarter } from './rollup-levels.ts';
import { cellsOf } from './usage-cells.ts';

const lengths = [day, hour, quarter, minute] as const;
/** A span in quarters, so that every set of lengths can make it up. */
const span = fc.tuple(fc.nat(4000), fc.integer({ min: 1, max: 1500 }));

test('cells add up to their span: each quarter once, and none beside it', () => {
  fc.assert(
    fc.property(span, fc.subarray([day, hour, minute]), ([from, quarters], some) => {
      const used = lengths.filter((length) => length === quarter || some.includes(length as never));
      const [begin, end] = [from * quarter, (from + quarters) * quarter];
      const counted = new Map<number, number>();
      for (const { length, start, times } of cellsOf(begin, end, used)) {
        expect(start % length).toBe(0);
        for (let at = start; at < start + length; at++) {
          counted.set(at, (counted.get(at) ?? 0) + times);
        }
      }
      const once = [...counted].filter(([, times]) => times !== 0);
      expect(once.every(([at, times]) => times === 1 && at >= begin && at < end)).toBe(true);
      expect(once).toHaveLength(end - begin);
    }),
  );
});

test.each([
  ['a UTC day', 0, day, 1],
  ['a day at +01:00', -hour, day - hour, 3],
  ['a day at +05:45', -345, day - 345, 15],
  ['an hour and a half across midnight', -hour, hour / 2, 3],
  ['a year from noon to noon', day / 2, 365 * day + day / 2, 364 + 24],
])('%s takes few cells', (_span, from, to, cells) => {
  const start = 1000 * day;
  expect(cellsOf(start + from, start + to, [day, hour, quarter]).length).toBe(cells);
});
