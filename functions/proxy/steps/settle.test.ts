import { afterAll, describe, expect, test } from 'vitest';
import { createPriceBook } from '../../_shared/pricing/price.ts';
import { noTokens, type Tokens } from '../../_shared/units.ts';
import { aCall, aDeployment } from '../call.fixture.ts';
import type { Answer, Call } from '../call.ts';
import { resolveTarget } from '../providers/target.ts';
import { createTokenCounter } from '../tokenizer/token-counter.ts';
import { settle } from './settle.ts';

const tokenCounter = createTokenCounter();
afterAll(() => tokenCounter.close());

const priced = aDeployment({ prices: { input: 0.000_001, output: 0.000_002 } });
const messages = [{ role: 'user', content: 'Hello there!' }];
const nothing = async () => {};

function anAnswer(tokens: Tokens | null, completion = 'General Kenobi!'): Answer {
  return {
    body: {},
    text: null,
    tokens,
    responseId: null,
    finishReason: 'stop',
    completion: () => completion,
    finish: () => {},
  };
}

async function settled(fields: Partial<Call>, below = nothing, deployment = priced): Promise<Call> {
  const call = aCall({ asked: { model: 'custom-llm', messages }, deployment, ...fields });
  const targets = new Map([[deployment.id, resolveTarget(deployment)]]);
  const step = settle({ priceBook: createPriceBook(), tokenCounter, targets });
  await step(call, below).catch(() => {});
  return call;
}

describe('tokens', () => {
  test('are the upstream’s where it reports them, priced to the nano-dollar', async () => {
    const tokens = { ...noTokens(), input: 10, output: 3 };
    const call = await settled({ answer: anAnswer(tokens) });
    expect(call.tokens).toEqual({ tokens, source: 'upstream' });
    expect(call.price).toMatchObject({ cost_nanos: 16_000, price_source: 'config' });
  });

  test('are counted where it does not', async () => {
    const call = await settled({ answer: anAnswer(null) });
    expect(call.tokens?.source).toBe('tokenizer');
    expect(call.tokens?.tokens.input).toBeGreaterThan(3);
    expect(call.tokens?.tokens.output).toBeGreaterThan(1);
    expect(call.price?.cost_nanos).toBeGreaterThan(0);
  });

  test('of a call that was cut short are counted, and it is settled all the same', async () => {
    const cut = async () => {
      throw new Error('cut');
    };
    const call = await settled({ answer: anAnswer(null, 'General') }, cut);
    expect(call.tokens?.tokens.output).toBeGreaterThan(0);
  });

  test('of a call that never got an answer are none, and it cost nothing', async () => {
    expect(await settled({})).toMatchObject({ tokens: null, price: null });
  });
});

test('a model that nobody has priced has no price, not one of zero', async () => {
  const call = await settled(
    { answer: anAnswer({ ...noTokens(), input: 1 }) },
    nothing,
    aDeployment(),
  );
  expect(call.price).toBeNull();
});
