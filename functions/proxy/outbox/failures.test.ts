import { describe, expect, test } from 'vitest';
import {
  fromExtensions,
  giveUpAfter,
  isToBeGivenUp,
  longestRestMs,
  oneMore,
  restMs,
  toExtensions,
} from './failures.ts';

const now = 1_800_000_000_000;
const failed = (count: number, forMs: number) => ({ count, since: now - forMs, last: 'r' });

describe('an event is given up', () => {
  const { failures, ms } = giveUpAfter;
  test.each([
    ['often and for long', failed(failures, ms), true],
    ['often, but not for long', failed(failures * 10, ms - 1), false],
    ['for long, but not often', failed(failures - 1, ms * 10), false],
    ['by a clock that has gone back since', failed(failures, -ms), false],
  ])('%s', (_, failures, isGivenUp) => {
    expect(isToBeGivenUp(failures, now)).toBe(isGivenUp);
  });
});

test('each failure is counted from the first one on, also when the clock goes back', () => {
  const first = oneMore(undefined, 'one', now);
  expect(oneMore(first, 'two', now + 5)).toEqual({ count: 2, since: now, last: 'two' });
  expect(oneMore(first, 'two', now - 5)).toEqual({ count: 2, since: now - 5, last: 'two' });
});

test('a dead letter rests twice as long each time, and no longer than an hour', () => {
  const rests = Array.from({ length: 30 }, (_, index) => restMs(failed(index + 1, 0)));
  expect(rests.slice(0, 4)).toEqual([60_000, 120_000, 240_000, 480_000]);
  expect(Math.max(...rests)).toBe(longestRestMs);
  expect(rests.at(-1)).toBe(longestRestMs);
});

test('failures travel with their event and come off it again', () => {
  const { count, since } = failed(3, 1000);
  const travelled = { keyid: 'k', ...toExtensions({ count, since, last: 'not sent' }) };
  expect(Object.keys(travelled).every((name) => /^[a-z0-9]+$/.test(name))).toBe(true);
  expect(fromExtensions(travelled)).toEqual({
    extensions: { keyid: 'k' },
    failures: { count, since, last: '' },
  });
  expect(fromExtensions({ outboxfailures: '-1', outboxfailedsince: 'x' })).toEqual({
    extensions: {},
    failures: undefined,
  });
  expect(toExtensions(undefined)).toEqual({});
});
