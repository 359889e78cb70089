import { describe, expect, test } from 'vitest';
import { aRouter, failureOf, idOf, rulesOf } from './routing.fixture.ts';

const named = (id: string, routing: object = {}) => ({ id, modelName: 'm', routing });
type Router = ReturnType<typeof aRouter>;

const first = ({ plan }: Router, more: object = {}, tags: string[] = []) =>
  idOf(plan('m', more, {}, tags).leg.candidate);

/** A call that the next deployment in line takes, and what comes of it. */
function take({ plan, router }: Router, tokens: number): string {
  const { leg } = plan('m');
  const isProbe = router.begin(leg);
  router.answered(leg, isProbe);
  router.end(leg, isProbe, true, {
    failure: null,
    durationMs: 1,
    firstTokenMs: null,
    tokens: () => ({ output: tokens, total: tokens }),
  });
  return idOf(leg.candidate);
}

test('the lowest order is asked, the next one while it is left alone', () => {
  const given = aRouter([named('b', { order: 2 }), named('a', { order: 1 }), named('c')]);
  expect(first(given)).toBe('a');
  const { leg } = given.plan('m');
  given.cooldowns.failed(leg.candidate, leg.group, failureOf(429), false);
  expect(first(given)).toBe('b');
});

describe('tags', () => {
  const free = named('free', { tags: ['free'] });
  const paid = named('paid', { tags: ['paid', 'eu'] });
  const rest = named('rest', { tags: ['default'] });
  const on = { enable_tag_filtering: true };

  test('do not count unless told', () => {
    expect(first(aRouter([free, paid]), {}, ['paid'])).toBe('free');
  });
  test('lead to those that have one of them, or all of them if told', () => {
    expect(first(aRouter([free, paid], rulesOf(on)), {}, ['paid', 'x'])).toBe('paid');
    const all = aRouter([free, paid, rest], rulesOf({ ...on, tag_filtering_match_any: false }));
    expect(first(all, {}, ['eu', 'paid'])).toBe('paid');
    expect(first(all, {}, ['eu', 'free'])).toBe('rest');
  });
  test('that lead nowhere, and none, lead to the default', () => {
    const given = aRouter([free, rest], rulesOf(on));
    expect(first(given, {}, ['x'])).toBe('rest');
    expect(first(given)).toBe('rest');
    expect(first(aRouter([free], rulesOf(on)))).toBe('free');
  });
  test('that lead nowhere without a default are an error that names them', () => {
    expect(() => first(aRouter([free, paid], rulesOf(on)), {}, ['x'])).toThrow(
      expect.objectContaining({ status: 401, message: expect.stringContaining('tagged x') }),
    );
  });
});

describe('pre-call checks', () => {
  const on = rulesOf({ enable_pre_call_checks: true });
  const long = { messages: [{ role: 'user' as const, content: 'word '.repeat(200) }] };

  test('leave out what a prompt does not fit into', () => {
    const given = [
      named('small', { maxInputTokens: 100 }),
      named('large', { maxInputTokens: 300 }),
    ];
    expect(first(aRouter(given, on))).toBe('small');
    expect(first(aRouter(given, on), long)).toBe('large');
    expect(first(aRouter(given), long)).toBe('small');
  });
  test('refuse a prompt that fits into none as OpenAI does', () => {
    const given = aRouter([named('small', { maxInputTokens: 100 })], on);
    expect(() => first(given, long)).toThrow(
      expect.objectContaining({
        status: 400,
        details: { upstreamCode: 'context_length_exceeded', param: 'messages' },
      }),
    );
  });
  test('keep each within its rpm and tpm, and say when there is room again', () => {
    const given = aRouter([named('a', { rpm: 2 }), named('b', { tpm: 100, rpm: 1 })], on);
    const taken = [take(given, 10), take(given, 10), take(given, 90)];
    expect(taken).toEqual(['a', 'a', 'b']);
    expect(() => first(given)).toThrow(
      expect.objectContaining({ status: 429, details: { retryAfter: 20 } }),
    );
    given.clock.now += 20_000;
    expect(first(given)).toBe('a');
  });
  test('count tokens in text and parts, and no image', () => {
    const given = aRouter([named('small', { maxInputTokens: 100 })], on);
    const image_url = { url: `data:image/png;base64,${'A'.repeat(100_000)}` };
    const parts = [
      { type: 'text', text: 'What is it?' },
      { type: 'image_url', image_url },
    ];
    expect(first(given, { messages: [{ role: 'user', content: parts }] })).toBe('small');
  });
});

test('usage-based routing keeps to the limits without being told, and shares by usage', () => {
  const given = aRouter(
    [named('a', { tpm: 100 }), named('b', { tpm: 100 })],
    rulesOf({ routing_strategy: 'usage-based-routing-v2' }),
  );
  expect([take(given, 60), take(given, 50), take(given, 60), take(given, 60)]).toEqual([
    'a',
    'b',
    'b',
    'a',
  ]);
  expect(() => first(given)).toThrow(expect.objectContaining({ status: 429 }));
});

test('latency-based routing learns from answers, and that what fails is not fast', () => {
  const given = aRouter(
    [named('a'), named('b')],
    rulesOf({ routing_strategy: 'latency-based-routing', disable_cooldowns: true }),
  );
  const end = (failure: ReturnType<typeof failureOf> | null, durationMs: number) => {
    const { leg } = given.plan('m');
    const tokens = () => ({ output: 10, total: 20 });
    const isProbe = given.router.begin(leg);
    given.router.end(leg, isProbe, failure === null, {
      failure,
      durationMs,
      firstTokenMs: null,
      tokens,
    });
    return idOf(leg.candidate);
  };
  expect([end(failureOf(500), 1), end(null, 500), end(null, 400)]).toEqual(['a', 'b', 'b']);
});

test('least-busy counts what is in flight', () => {
  const given = aRouter([named('a'), named('b')], rulesOf({ routing_strategy: 'least-busy' }));
  const { leg } = given.plan('m');
  given.router.begin(leg);
  expect(first(given)).toBe('b');
});
