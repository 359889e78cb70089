import { expect, test } from 'vitest';
import type { AnswerEnd } from '../answer.ts';
import { balanceOf } from './balance.ts';
import { beginExchange, type Exchange } from './exchange.ts';

const answered = (cost: number | null): Exchange => ({
  ...beginExchange('k', 'q'),
  outcome: 'done',
  text: 'a',
  end: {
    usage: { input_tokens: 10, cached_tokens: 4, output_tokens: 3, reasoning_tokens: 0 },
    cost,
  } as AnswerEnd,
});

test('adds up what is known, to the nano-dollar, and counts what is not', () => {
  const stopped: Exchange = { ...beginExchange('s', 'q'), outcome: 'stopped', text: 'a' };
  const failed: Exchange = { ...beginExchange('f', 'q'), outcome: 'failed' };
  const exchanges = [answered(0.1), answered(0.2), answered(null), stopped, failed];
  expect(balanceOf(exchanges)).toEqual({
    answers: 3,
    inputTokens: 30,
    outputTokens: 9,
    cost: 300_000_000,
    unpriced: 2,
  });
});

test('an unknown cost is not zero', () => {
  expect(balanceOf([answered(null)]).cost).toBeNull();
  expect(balanceOf([]).cost).toBeNull();
});
