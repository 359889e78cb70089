import { expect, test } from 'vitest';
import { createCredentialCache, type Lease } from './credential-cache.ts';

const minute = 60_000;
const of = (accessKeyId: string) => ({ accessKeyId, secretAccessKey: 's' });

/** A source that gives `key-1`, `key-2` … for an hour each, or fails while `fails` says why. */
function createSource(clock: { now: number }, id = 'a') {
  const source = {
    id,
    loads: 0,
    fails: null as Error | null,
    async load(): Promise<Lease> {
      source.loads++;
      if (source.fails) throw source.fails;
      return { credentials: of(`key-${source.loads}`), expiresAt: clock.now + 60 * minute };
    },
  };
  return source;
}

function setUp(limit = 10) {
  const clock = { now: 1_800_000_000_000 };
  const cache = createCredentialCache({ limit, now: () => clock.now });
  return { clock, cache, source: createSource(clock) };
}

test('they are renewed before their end, and no call waits for that', async () => {
  const { clock, cache, source } = setUp();
  expect(await cache.get(source)).toEqual(of('key-1'));
  clock.now += 54 * minute;
  expect(await cache.get(source)).toEqual(of('key-1'));
  expect(source.loads).toBe(1);
  clock.now += 2 * minute;
  expect(await cache.get(source)).toEqual(of('key-1'));
  expect(source.loads).toBe(2);
  expect(await cache.get(source)).toEqual(of('key-2'));
});

test('a renewal that fails is tried again after a while, and told when the old ones are over', async () => {
  const { clock, cache, source } = setUp();
  await cache.get(source);
  source.fails = new Error('STS is down');
  clock.now += 56 * minute;
  for (let call = 0; call < 5; call++) expect(await cache.get(source)).toEqual(of('key-1'));
  expect(source.loads).toBe(2);
  clock.now += 11_000;
  expect(await cache.get(source)).toEqual(of('key-1'));
  expect(source.loads).toBe(3);
  clock.now += 4 * minute;
  await expect(cache.get(source)).rejects.toThrow('STS is down');
  source.fails = null;
  expect(await cache.get(source)).toEqual(of(`key-${source.loads}`));
});

test('sources of one id share them; beyond the limit the first goes', async () => {
  const { clock, cache, source } = setUp(2);
  const twin = createSource(clock);
  await cache.get(source);
  expect(await cache.get(twin)).toEqual(of('key-1'));
  expect(twin.loads).toBe(0);
  await cache.get(createSource(clock, 'b'));
  await cache.get(createSource(clock, 'c'));
  await cache.get(twin);
  expect(twin.loads).toBe(1);
});

test('keys that last are loaded once', async () => {
  const { clock, cache } = setUp();
  let loads = 0;
  const load = async () => ({ credentials: of(`key-${++loads}`), expiresAt: null });
  await cache.get({ id: 'k', load });
  clock.now += 1e12;
  expect(await cache.get({ id: 'k', load })).toEqual(of('key-1'));
});
