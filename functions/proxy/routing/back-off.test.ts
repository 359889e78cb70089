import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backOff } from './back-off.ts';

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('doubles from half a second to eight, less up to a quarter', () => {
  const waits = [0, 1, 2, 3, 4, 5, 20].map((retry) =>
    backOff({ retry, retryAfter: undefined, leastMs: 0, random: () => 0 }),
  );
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000]);
  expect(backOff({ retry: 0, retryAfter: undefined, leastMs: 0, random: () => 1 })).toBe(375);
});

test('is as long as the upstream says, up to a minute; beyond it is no wait', () => {
  const asked = (retryAfter: number) =>
    backOff({ retry: 3, retryAfter, leastMs: 0, random: () => 0 });
  expect([asked(0), asked(7), asked(60), asked(61)]).toEqual([0, 7000, 60_000, null]);
});

test('is bounded, and never shorter than the least', () => {
  const told = fc.option(fc.double({ min: 0, max: 86_400, noNaN: true }), { nil: undefined });
  fc.assert(
    fc.property(fc.nat(60), told, fc.nat(5000), unit, (retry, retryAfter, leastMs, luck) => {
      const wait = backOff({ retry, retryAfter, leastMs, random: () => luck });
      if (wait === null) expect(retryAfter).toBeGreaterThan(60);
      else {
        expect(wait).toBeGreaterThanOrEqual(Math.max(leastMs, retryAfter === undefined ? 375 : 0));
        expect(wait).toBeLessThanOrEqual(60_000);
      }
    }),
  );
});
