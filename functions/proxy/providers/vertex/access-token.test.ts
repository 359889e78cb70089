import { expect, test } from 'vitest';
import { createAccessToken } from './access-token.ts';

function aSource() {
  let fetches = 0;
  const source = {
    fails: false,
    expiresIn: 3600,
    get fetches() {
      return fetches;
    },
    async fetch() {
      fetches++;
      const token = `token-${fetches}`;
      await new Promise((resolve) => setImmediate(resolve));
      if (source.fails) throw new Error('no token');
      return { token, expiresIn: source.expiresIn };
    },
  };
  return source;
}

const minute = 60_000;

test('calls at the same time wait for one fetch, and later ones for none', async () => {
  const source = aSource();
  const token = createAccessToken(source.fetch);
  expect(await Promise.all([token(), token(), token()])).toEqual(Array(3).fill('token-1'));
  expect(await token()).toBe('token-1');
  expect(source.fetches).toBe(1);
});

test('a token is renewed shortly before its end', async () => {
  const source = aSource();
  let now = 0;
  const token = createAccessToken(source.fetch, () => now);
  expect(await token()).toBe('token-1');
  now = 55 * minute;
  expect(await token()).toBe('token-1');
  now = 57 * minute;
  expect(await token()).toBe('token-2');
});

test('while no new one is to be had, the old one is used as long as it is good', async () => {
  const source = aSource();
  let now = 0;
  const token = createAccessToken(source.fetch, () => now);
  await token();
  source.fails = true;
  now = 58 * minute;
  expect(await token()).toBe('token-1');
  now = 60 * minute;
  await expect(token()).rejects.toThrow('no token');
  source.fails = false;
  expect(await token()).toBe('token-4');
});

test('a failure is not kept', async () => {
  const source = aSource();
  source.fails = true;
  const token = createAccessToken(source.fetch);
  await expect(Promise.all([token(), token()])).rejects.toThrow('no token');
  source.fails = false;
  expect(await token()).toBe('token-2');
});
