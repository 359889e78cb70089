import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../_shared/errors.ts';
import type { RoutePlan } from './route-plan.ts';
import { aRouter, failureOf, idOf, rulesOf } from './routing.fixture.ts';

const group = (name: string, ...ids: string[]) => ids.map((id) => ({ id, modelName: name }));
const settings = (router: object) => rulesOf({ disable_cooldowns: true, ...router });
const tooLong = failureOf(400, { upstreamCode: 'context_length_exceeded' });
const refused = failureOf(400, { upstreamCode: 'content_policy_violation' });

/** The deployments that are asked in turn when each fails so, with the waits before them. */
function walk(plan: RoutePlan, failure: GatewayError | GatewayError[], most = 100) {
  const asked = [idOf(plan.leg.candidate)];
  const waits: number[] = [];
  for (let turn = 0; turn < most; turn++) {
    const given = Array.isArray(failure) ? failure[turn] : failure;
    const next = given ? plan.next(given) : null;
    if (!next) break;
    asked.push(idOf(next.candidate));
    waits.push(next.waitMs);
  }
  return { asked, waits };
}

describe('retries', () => {
  test('go to another deployment at once, to the same one after a while', () => {
    const { plan } = aRouter(group('m', 'a', 'b'), settings({ num_retries: 3 }));
    expect(walk(plan('m'), failureOf(500))).toEqual({
      asked: ['a', 'b', 'a', 'a'],
      waits: [0, 1000, 2000],
    });
  });

  test('are two where nothing is said; else the request, the deployment, the settings say', () => {
    const count = (rules: object, deployment: object = {}, request: object = {}) => {
      const given = { id: 'a', modelName: 'm', routing: deployment };
      const plan = aRouter([given], settings(rules)).plan('m', request);
      return walk(plan, failureOf(500)).waits.length;
    };
    expect(count({})).toBe(2);
    expect(count({ num_retries: 4 })).toBe(4);
    expect(count({ num_retries: 4 }, { retries: 1 })).toBe(1);
    expect(count({ num_retries: 4 }, { retries: 1 }, { num_retries: 0 })).toBe(0);
  });

  test.each([
    [400, ['a']],
    [401, ['a', 'b']],
    [404, ['a', 'b']],
    [408, ['a', 'b', 'a']],
    [429, ['a', 'b', 'a']],
    [503, ['a', 'b', 'a']],
  ])(
    'of %i: what another try may mend, and of a wrong key only another deployment',
    (status, asked) => {
      const { plan } = aRouter(group('m', 'a', 'b'), settings({}));
      expect(walk(plan('m'), failureOf(status)).asked).toEqual(asked);
    },
  );

  test('are as many as a policy says of the kind, the group’s own first', () => {
    const rules = settings({
      retry_policy: { BadRequestErrorRetries: 1, RateLimitErrorRetries: 0 },
      model_group_retry_policy: { m: { RateLimitErrorRetries: 3 } },
    });
    const count = (model: string, status: number) =>
      walk(aRouter([...group('m', 'a'), ...group('n', 'b')], rules).plan(model), failureOf(status))
        .waits.length;
    expect([count('m', 400), count('n', 429), count('m', 429), count('m', 500)]).toEqual([
      1, 0, 3, 2,
    ]);
  });

  test('wait as the upstream says, at least retry_after, and not for what is too long', () => {
    const { plan } = aRouter(group('m', 'a'), settings({ retry_after: 3 }));
    const waits = (retryAfter?: number) => walk(plan('m'), failureOf(429, { retryAfter })).waits;
    expect([waits(7), waits(), waits(61)]).toEqual([[7000, 7000], [3000, 3000], []]);
  });

  test('end with the request’s own time', () => {
    const { plan, clock } = aRouter(group('m', 'a', 'b'), settings({ num_retries: 9 }));
    const short = plan('m', { timeout: 2 });
    expect(walk(short, failureOf(500)).waits).toEqual([0, 1000]);
    const late = plan('m', {}, { 'x-litellm-timeout': '2' });
    clock.now += 2000;
    expect(late.next(failureOf(500))).toBeNull();
  });

  test.each(['client_closed', 'internal'] as const)('are none of %s', (code) => {
    const { plan } = aRouter(group('m', 'a', 'b'), settings({ default_fallbacks: ['a'] }));
    expect(plan('m').next(new GatewayError(code, 'x'))).toBeNull();
  });

  test('go to what is not cooling down; none that is is asked', () => {
    const { plan, cooldowns, groups } = aRouter(group('m', 'a', 'b', 'c'));
    const m = groups.find('m')!;
    cooldowns.failed(m.candidates[1]!, m, failureOf(429), false);
    expect(walk(plan('m'), failureOf(500)).asked).toEqual(['a', 'c', 'a']);
  });
});

describe('fallbacks', () => {
  const all = [
    ...group('m', 'a'),
    ...group('n', 'b'),
    ...group('o', 'c'),
    ...group('p', 'd'),
    ...group('q', 'e'),
  ];
  const asked = (rules: object, failure: GatewayError | GatewayError[], more: object = {}) =>
    walk(aRouter(all, settings({ num_retries: 0, ...rules })).plan('m', more), failure).asked;

  test('are asked in order, theirs before the next, none twice', () => {
    const fallbacks = [{ m: ['n', 'o'] }, { n: ['m', 'p'] }, { p: ['m', 'n', 'p'] }];
    expect(asked({ fallbacks }, failureOf(500))).toEqual(['a', 'b', 'd', 'c']);
  });

  test('are of any failure, after its retries', () => {
    const rules = { fallbacks: [{ m: ['n'] }], num_retries: 1 };
    expect(asked(rules, failureOf(500))).toEqual(['a', 'a', 'b', 'b']);
    expect(asked(rules, failureOf(400))).toEqual(['a', 'b']);
  });

  test('of a prompt that is too long or refused are their own, else the general', () => {
    const rules = {
      fallbacks: [{ m: ['n'] }],
      context_window_fallbacks: [{ m: ['o'] }],
      content_policy_fallbacks: [{ m: ['p'] }],
    };
    expect(asked(rules, [tooLong])).toEqual(['a', 'c']);
    expect(asked(rules, [refused])).toEqual(['a', 'd']);
    expect(asked({ fallbacks: [{ m: ['n'] }] }, [tooLong])).toEqual(['a', 'b']);
  });

  test('for every model are under a star, or default_fallbacks', () => {
    expect(asked({ fallbacks: [{ '*': ['n'] }] }, [failureOf(500)])).toEqual(['a', 'b']);
    expect(asked({ default_fallbacks: ['n'] }, [failureOf(500)])).toEqual(['a', 'b']);
  });

  test('can be of the request, or turned off by it', () => {
    const rules = { fallbacks: [{ m: ['n'] }] };
    const one = [failureOf(500)];
    expect(asked(rules, one, { fallbacks: ['o'] })).toEqual(['a', 'c']);
    expect(asked(rules, one, { fallbacks: [{ m: ['p'] }] })).toEqual(['a', 'd']);
    expect(asked(rules, [tooLong], { context_window_fallbacks: [{ m: ['p'] }] })).toEqual([
      'a',
      'd',
    ]);
    expect(asked(rules, one, { disable_fallbacks: true })).toEqual(['a']);
  });

  test('of the request can come with messages of their own', () => {
    const messages = [{ role: 'user', content: 'Shorter.' }];
    const plan = aRouter(all, settings({ num_retries: 0 })).plan('m', {
      stream: true,
      fallbacks: [{ model: 'n', messages, stream: false }],
    });
    expect(plan.next(tooLong)).toMatchObject({ asked: { messages, stream: true } });
    expect(JSON.parse(plan.leg.text)).toMatchObject({ messages });
  });

  test('lead over what is not there, and to one deployment by its id, cooling down or not', () => {
    expect(asked({ fallbacks: [{ m: ['x', 'e'] }] }, [failureOf(500)])).toEqual(['a', 'e']);
    const { plan, cooldowns, groups } = aRouter(
      [...group('m', 'a'), ...group('n', 'b', 'c')],
      rulesOf({ num_retries: 0, fallbacks: [{ m: ['b'] }] }),
    );
    const n = groups.find('n')!;
    cooldowns.failed(n.candidates[0]!, n, failureOf(429), false);
    expect(walk(plan('m'), failureOf(500)).asked).toEqual(['a', 'b']);
  });

  test('are five at the most, or max_fallbacks', () => {
    const many = Array.from({ length: 9 }, (_, at) => `f${at}`);
    const count = (rules: object) =>
      walk(
        aRouter(
          [...group('m', 'a'), ...many.flatMap((name) => group(name, name))],
          settings({ num_retries: 0, fallbacks: [{ m: many }], ...rules }),
        ).plan('m'),
        failureOf(500),
      ).asked.length - 1;
    expect([count({}), count({ max_fallbacks: 7 }), count({ max_fallbacks: 0 })]).toEqual([
      5, 7, 0,
    ]);
  });

  test('are taken where nobody of the group can be asked to begin with', () => {
    const long = { messages: [{ role: 'user', content: 'word '.repeat(500) }] };
    const { plan } = aRouter(
      [{ id: 'a', modelName: 'm', routing: { maxInputTokens: 10 } }, ...group('n', 'b')],
      rulesOf({ enable_pre_call_checks: true, context_window_fallbacks: [{ m: ['n'] }] }),
    );
    expect(plan('m', long)).toMatchObject({ fallbacks: 1, leg: { group: { name: 'n' } } });
  });

  test.each([
    ['mock_testing_fallbacks', 'b'],
    ['mock_testing_rate_limit_error', 'b'],
    ['mock_testing_context_window_fallbacks', 'c'],
    ['mock_testing_content_policy_fallbacks', 'd'],
  ])('can be tried with %s', (member, id) => {
    const rules = {
      fallbacks: [{ m: ['n'] }],
      context_window_fallbacks: [{ m: ['o'] }],
      content_policy_fallbacks: [{ m: ['p'] }],
    };
    expect(asked(rules, [], { [member]: true })).toEqual([id]);
    expect(() => asked({}, [], { [member]: true })).toThrow('mock_testing');
  });
});

test('beside one deployment another of the group is asked, never the same', () => {
  const { plan } = aRouter(group('m', 'a', 'b'), settings({}));
  const given = plan('m');
  expect(idOf(given.beside()!.candidate)).toBe('b');
  expect(given.beside()).toBeNull();
  expect(aRouter(group('m', 'a')).plan('m').beside()).toBeNull();
});

test.each([
  [{ num_retries: 51 }, 'num_retries'],
  [{ timeout: 0 }, 'timeout'],
  [{ fallbacks: 'n' }, 'fallbacks'],
  [{ fallbacks: [{ model: 'n', messages: [] }] }, 'messages'],
  [{ context_window_fallbacks: ['n'] }, 'context_window_fallbacks'],
])('a request that says %j is told what is wrong', (more, param) => {
  expect(() => aRouter(group('m', 'a')).plan('m', more)).toThrow(
    expect.objectContaining({ status: 400, details: expect.objectContaining({ param }) }),
  );
});

test('whatever fails and is set, a call ends: within its bounds, no model in two turns', () => {
  const names = ['m', 'n', 'o', 'p'];
  const lists = fc.array(
    fc.dictionary(
      fc.constantFrom(...names, '*'),
      fc.array(fc.constantFrom(...names, 'x'), { maxLength: 5 }),
    ),
    { maxLength: 4 },
  );
  const failures = fc.constantFrom(
    ...[400, 401, 404, 408, 429, 500, 503].map((status) => failureOf(status)),
    tooLong,
    refused,
  );
  const rules = fc.record({
    num_retries: fc.nat(50),
    fallbacks: lists,
    context_window_fallbacks: lists,
    default_fallbacks: fc.array(fc.constantFrom(...names), { maxLength: 3 }),
    max_fallbacks: fc.nat(20),
  });
  fc.assert(
    fc.property(rules, fc.infiniteStream(failures), (given, stream) => {
      const all = names.flatMap((name) => group(name, `${name}1`, `${name}2`));
      const plan = aRouter(all, settings(given)).plan('m');
      const turns: string[] = [plan.leg.group.name];
      let attempts = 1;
      for (let next = plan.next(stream.next().value); next; next = plan.next(stream.next().value)) {
        attempts++;
        expect(next.waitMs).toBeLessThanOrEqual(60_000);
        if (turns.at(-1) !== next.group.name) turns.push(next.group.name);
        if (attempts > 60) break;
      }
      expect(attempts).toBeLessThanOrEqual(60);
      expect(new Set(turns).size).toBe(turns.length);
      expect(plan.fallbacks).toBe(turns.length - 1);
      expect(plan.fallbacks).toBeLessThanOrEqual(given.max_fallbacks);
      expect(attempts).toBe(1 + plan.retries + plan.fallbacks);
    }),
  );
});
