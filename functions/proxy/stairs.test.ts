import { expect, test } from 'vitest';
import { aCall } from './call.fixture.ts';
import { buildStairs, type Step } from './stairs.ts';

function telling(name: string, told: string[]): Step {
  return async (_call, next) => {
    told.push(`${name} down`);
    try {
      await next();
    } finally {
      told.push(`${name} up`);
    }
  };
}

test('a call goes down step by step and up again in the other order', async () => {
  const told: string[] = [];
  await buildStairs([telling('a', told), telling('b', told)])(aCall());
  expect(told).toEqual(['a down', 'b down', 'b up', 'a up']);
});

test('what a step throws goes up through those above it, and none below is asked', async () => {
  const told: string[] = [];
  const refusing: Step = async () => {
    throw new Error('no');
  };
  const descend = buildStairs([telling('a', told), refusing, telling('c', told)]);
  await expect(descend(aCall())).rejects.toThrow('no');
  expect(told).toEqual(['a down', 'a up']);
});
