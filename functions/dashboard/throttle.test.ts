import { expect, test } from 'vitest';
import { createThrottle } from './throttle.ts';

function setUp() {
  let time = 1_000_000;
  const throttle = createThrottle(() => time);
  const fail = (address: string, times: number) => {
    for (let i = 0; i < times; i++) throttle.failed(address);
  };
  return { throttle, fail, pass: (seconds: number) => (time += seconds * 1000) };
}

test('four wrong guesses cost nothing; from the fifth on the wait doubles', () => {
  const { throttle, fail, pass } = setUp();
  fail('a', 4);
  expect(throttle.wait('a')).toBe(0);
  fail('a', 1);
  expect(throttle.wait('a')).toBe(1);
  fail('a', 1);
  expect(throttle.wait('a')).toBe(2);
  fail('a', 2);
  expect(throttle.wait('a')).toBe(8);
  pass(7.5);
  expect(throttle.wait('a')).toBe(1);
  pass(1);
  expect(throttle.wait('a')).toBe(0);
});

test('the wait ends at five minutes', () => {
  const { throttle, fail } = setUp();
  fail('a', 40);
  expect(throttle.wait('a')).toBe(300);
});

test('one address does not slow another down, until all together guess too often', () => {
  const { throttle, fail } = setUp();
  fail('a', 20);
  expect(throttle.wait('b')).toBe(0);
  for (let i = 0; i < 60; i++) fail(`made-up-${i}`, 1);
  expect(throttle.wait('b')).toBeGreaterThan(0);
  expect(throttle.wait('b')).toBeLessThanOrEqual(15);
});

test('a right guess, or a quiet minute, forgets the wrong ones', () => {
  const { throttle, fail, pass } = setUp();
  fail('a', 4);
  throttle.succeeded('a');
  fail('a', 4);
  expect(throttle.wait('a')).toBe(0);
  pass(61);
  fail('a', 4);
  expect(throttle.wait('a')).toBe(0);
});

test('it remembers a bounded number of addresses, the latest', () => {
  const { throttle, fail, pass } = setUp();
  fail('early', 12);
  for (let i = 0; i < 10_000; i++) throttle.failed(`address-${i}`);
  pass(20);
  expect(throttle.wait('early')).toBe(0);
});
