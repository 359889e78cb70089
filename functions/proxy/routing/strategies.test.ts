import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RoutingStrategy } from '../../_shared/config/routing.ts';
import type { Candidate } from './candidate.ts';
import { candidateOf, idOf } from './routing.fixture.ts';
import { strategies } from './strategies.ts';
import type { Choice } from './strategy.ts';

const now = 1_000_000_000;
const choice: Choice = {
  now,
  random: () => 0,
  stream: false,
  latencyBuffer: 0,
  costOf: ({ deployment }) => deployment.prices.input ?? null,
};
const pick = (name: RoutingStrategy, candidates: Candidate[], more: Partial<Choice> = {}) =>
  idOf(strategies[name](candidates, { ...choice, ...more }));

const candidate = (
  id: string,
  { routing = {}, ...state }: Partial<Candidate['state']> & { routing?: object } = {},
) => {
  const made = candidateOf({ id, routing });
  Object.assign(made.state, state);
  return made;
};

describe('simple-shuffle', () => {
  const shares = (candidates: Candidate[], steps = 1000) => {
    const counts: Record<string, number> = {};
    for (let step = 0; step < steps; step++) {
      const id = pick('simple-shuffle', candidates, { random: () => step / steps });
      counts[id] = (counts[id] ?? 0) + 1;
    }
    return counts;
  };
  test('shares evenly, or by weight, or by rpm, or by tpm', () => {
    expect(shares([candidate('a'), candidate('b')])).toEqual({ a: 500, b: 500 });
    const weighted = (key: string) => [
      candidate('a', { routing: { [key]: 9 } }),
      candidate('b', { routing: { [key]: 1 } }),
      candidate('c'),
    ];
    for (const key of ['weight', 'rpm', 'tpm']) {
      expect(shares(weighted(key))).toEqual({ a: 900, b: 100 });
    }
  });
  test('a weight of 0 for all is none', () => {
    const none = { routing: { weight: 0 } };
    expect(shares([candidate('a', none), candidate('b', none)])).toEqual({ a: 500, b: 500 });
  });
});

test('least-busy takes the one with the fewest in flight', () => {
  const busy = [candidate('a', { inFlight: 2 }), candidate('b', { inFlight: 1 })];
  expect(pick('least-busy', busy)).toBe('b');
});

describe('latency-based-routing', () => {
  const both = [
    candidate('a', { perTokenMs: [10, 30], firstTokenMs: [100] }),
    candidate('b', { perTokenMs: [25], firstTokenMs: [90] }),
  ];
  test('takes the fastest on average, of streams by their first token', () => {
    expect(pick('latency-based-routing', both)).toBe('a');
    expect(pick('latency-based-routing', both, { stream: true })).toBe('b');
  });
  test('those within the buffer share; one that has not answered yet is tried', () => {
    const random = () => 0.99;
    expect(pick('latency-based-routing', both, { latencyBuffer: 0.25, random })).toBe('b');
    expect(pick('latency-based-routing', [...both, candidate('c')])).toBe('c');
  });
});

test('cost-based-routing takes the cheapest; what nobody has priced comes last', () => {
  const at = (id: string, input?: number) =>
    candidateOf({ id, prices: input === undefined ? {} : { input } });
  expect(pick('cost-based-routing', [at('a'), at('b', 2e-6), at('c', 1e-6)])).toBe('c');
  expect(pick('cost-based-routing', [at('a')])).toBe('a');
});

test.each(['usage-based-routing', 'usage-based-routing-v2'] as const)(
  '%s takes the one with the fewest tokens of this minute, by its share of tpm',
  (name) => {
    const minute = Math.floor(now / 60_000);
    const used = (id: string, tokens: number, tpm: number | null, at = minute) =>
      candidate(id, { minute: at, tokens, routing: { tpm } });
    expect(pick(name, [used('a', 50, null), used('b', 40, null)])).toBe('b');
    expect(pick(name, [used('a', 50, 1000), used('b', 40, 100)])).toBe('a');
    expect(pick(name, [used('a', 50, null, minute - 1), used('b', 40, null)])).toBe('a');
  },
);

test('whatever the figures, one of them is chosen', () => {
  const figure = fc.nat(1e6);
  const states = fc.record({
    inFlight: figure,
    tokens: figure,
    minute: figure,
    perTokenMs: fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 10 }),
  });
  const any = fc.array(fc.tuple(states, fc.option(figure)), { minLength: 1, maxLength: 8 });
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(strategies)), any, random, (name, given, luck) => {
      const candidates = given.map(([state, weight], index) =>
        candidate(String(index), { ...state, routing: { weight, tpm: weight } }),
      );
      const strategy = strategies[name as RoutingStrategy];
      expect(candidates).toContain(strategy(candidates, { ...choice, random: () => luck }));
    }),
  );
});
