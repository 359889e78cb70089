import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCooldownStore } from './cooldown-store.ts';
import { type CooldownNews, createCooldowns } from './cooldowns.ts';
import { candidateOf, failureOf, groupOf, rulesOf } from './routing.fixture.ts';

/** Some deployments of one group, on a clock that the test moves. */
function some(count: number, router_settings: object = {}) {
  const clock = { now: 1_000_000_000 };
  const news: CooldownNews[] = [];
  const cooldowns = createCooldowns({
    rules: rulesOf(router_settings).cooldown,
    store: createCooldownStore(),
    now: () => clock.now,
    onNews: (each) => news.push(each),
  });
  const candidates = Array.from({ length: count }, (_, index) => candidateOf(`${index}`));
  const group = groupOf('g', candidates);
  const [first] = candidates as [(typeof candidates)[0]];
  const fail = (status: number, retryAfter?: number, candidate = first) =>
    cooldowns.failed(
      candidate,
      group,
      failureOf(status, { retryAfter }),
      cooldowns.begin(candidate),
    );
  const succeed = (candidate = first) => cooldowns.succeeded(candidate, cooldowns.begin(candidate));
  return { clock, news, cooldowns, candidates, group, first, fail, succeed };
}

describe('a deployment is left alone', () => {
  test.each([429, 401, 408, 404])('after one answer of %i, for five seconds', (status) => {
    const { clock, news, cooldowns, first, fail } = some(2);
    fail(status);
    expect(cooldowns.isOpen(first)).toBe(false);
    expect(cooldowns.untilOpen([first])).toBe(5000);
    clock.now += 5000;
    expect(cooldowns.isOpen(first)).toBe(true);
    expect(news).toMatchObject([{ event: 'cooling_down', forMs: 5000 }]);
  });

  test.each([400, 422, 403, 413])('not after one of %i, however often', (status) => {
    const { cooldowns, first, fail } = some(2);
    for (let times = 0; times < 20; times++) fail(status);
    expect(cooldowns.isOpen(first)).toBe(true);
  });

  test('when over half of a minute’s calls failed, of five at the least', () => {
    const { clock, cooldowns, first, fail, succeed } = some(2);
    for (let times = 0; times < 4; times++) fail(500);
    expect(cooldowns.isOpen(first)).toBe(true);
    for (let times = 0; times < 4; times++) succeed();
    fail(500);
    expect(cooldowns.isOpen(first)).toBe(false);
    const other = some(2);
    for (let times = 0; times < 4; times++) other.fail(500);
    other.clock.now += 60_000;
    for (let times = 0; times < 4; times++) other.fail(500);
    expect(other.cooldowns.isOpen(other.first)).toBe(true);
    expect(clock.now).toBeLessThan(other.clock.now);
  });

  test('after more than allowed_fails, or what a policy allows of the kind', () => {
    const { cooldowns, first, fail } = some(2, {
      allowed_fails: 2,
      allowed_fails_policy: { RateLimitErrorAllowedFails: 5 },
    });
    fail(500);
    fail(500);
    for (let times = 0; times < 3; times++) fail(429);
    expect(cooldowns.isOpen(first)).toBe(true);
    fail(500);
    expect(cooldowns.isOpen(first)).toBe(false);
  });

  test('as long as it asks for, up to an hour', () => {
    const { cooldowns, first, fail } = some(2);
    fail(429, 30);
    expect(cooldowns.untilOpen([first])).toBe(30_000);
    const other = some(2);
    other.fail(429, 86_400);
    expect(other.cooldowns.untilOpen([other.first])).toBe(3_600_000);
  });

  test('never with disable_cooldowns, nor for cooldown_time 0', () => {
    for (const rules of [{ disable_cooldowns: true }, { cooldown_time: 0 }]) {
      const { cooldowns, first, fail } = some(2, rules);
      fail(429);
      expect(cooldowns.isOpen(first)).toBe(true);
    }
  });
});

describe('the last of a group', () => {
  test('stays, whatever it does', () => {
    const { cooldowns, candidates, fail } = some(2);
    const [a, b] = candidates as [(typeof candidates)[0], (typeof candidates)[0]];
    fail(429, undefined, a);
    for (let times = 0; times < 50; times++) fail(429, undefined, b);
    expect([cooldowns.isOpen(a), cooldowns.isOpen(b)]).toEqual([false, true]);
  });

  test('goes where all of a thousand calls of a minute failed', () => {
    const { cooldowns, first, fail } = some(1);
    for (let times = 0; times < 999; times++) fail(500);
    expect(cooldowns.isOpen(first)).toBe(true);
    fail(500);
    expect(cooldowns.isOpen(first)).toBe(false);
  });
});

describe('after its time', () => {
  const due = () => {
    const all = some(2);
    all.fail(429);
    all.clock.now += 5000;
    return all;
  };

  test('one call tries it; the others go elsewhere until it has answered', () => {
    const { cooldowns, first, news } = due();
    expect(cooldowns.begin(first)).toBe(true);
    expect(cooldowns.isOpen(first)).toBe(false);
    expect(cooldowns.begin(first)).toBe(false);
    cooldowns.succeeded(first, true);
    expect(cooldowns.isOpen(first)).toBe(true);
    expect(cooldowns.begin(first)).toBe(false);
    expect(news.at(-1)).toEqual({ deployment: '0', event: 'recovered' });
  });

  test('one that fails again is left alone again, for what it is allowed otherwise too', () => {
    const { cooldowns, first, group } = due();
    cooldowns.failed(first, group, failureOf(500), cooldowns.begin(first));
    expect(cooldowns.isOpen(first)).toBe(false);
    expect(cooldowns.untilOpen([first])).toBe(5000);
  });

  test('one that refuses the request is there', () => {
    const { cooldowns, first, group } = due();
    cooldowns.failed(first, group, failureOf(400), cooldowns.begin(first));
    expect(cooldowns.isOpen(first)).toBe(true);
    expect(cooldowns.begin(first)).toBe(false);
  });

  test('a caller that leaves has found out nothing: the next tries', () => {
    const { cooldowns, first } = due();
    cooldowns.abandoned(first, cooldowns.begin(first));
    expect(cooldowns.isOpen(first)).toBe(true);
    expect(cooldowns.begin(first)).toBe(true);
  });
});

test('whatever happens, a group of two or more keeps one that can be asked, or tried', () => {
  const event = fc.record({
    deployment: fc.nat(2),
    status: fc.constantFrom(200, 400, 401, 404, 408, 429, 500, 503),
    retryAfter: fc.option(fc.nat(100), { nil: undefined }),
    after: fc.nat(8000),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), (events) => {
      const { clock, cooldowns, candidates, fail, succeed } = some(3);
      for (const { deployment, status, retryAfter, after } of events) {
        clock.now += after;
        const candidate = candidates[deployment] as (typeof candidates)[0];
        if (!cooldowns.isOpen(candidate)) continue;
        if (status === 200) succeed(candidate);
        else fail(status, retryAfter, candidate);
        expect(candidates.some(cooldowns.isOpen)).toBe(true);
      }
    }),
  );
});
