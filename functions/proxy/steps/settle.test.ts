import { afterAll, describe, expect, test } from 'vitest';
import type { Attempt } from '../../_shared/events/types.ts';
import { createPriceBook } from '../../_shared/pricing/price.ts';
import { noTokens, type Tokens } from '../../_shared/units.ts';
import { aCall } from '../call.fixture.ts';
import type { Answer, Call } from '../call.ts';
import { aRouter, deploymentOf } from '../routing/routing.fixture.ts';
import { createTokenCounter } from '../tokenizer/token-counter.ts';
import { settle } from './settle.ts';

const tokenCounter = createTokenCounter();
afterAll(() => tokenCounter.close());

const priced = deploymentOf({ id: 'priced', prices: { input: 0.000_001, output: 0.000_002 } });
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
  const plan = aRouter([deployment]).plan('custom-llm', { messages });
  const { target } = plan.leg.candidate;
  const call = aCall({ asked: plan.leg.asked, plan, deployment, target, ...fields });
  const step = settle({ priceBook: createPriceBook(), tokenCounter });
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

describe('an attempt that took tokens and did not answer', () => {
  const row: Attempt = {
    deployment_id: 'priced',
    provider: 'custom_openai',
    upstream_model: 'm',
    api_base: null,
    started_at: 0,
    duration_ms: 1,
    status: 'interrupted',
    http_status: null,
    error: null,
  };
  const { leg } = aRouter([priced]).plan('custom-llm', { messages });
  const tokens = { ...noTokens(), input: 10, output: 3 };

  test('costs what it took, and the call both', async () => {
    const own = { ...row, status: 'success' as const };
    const lostRow = { ...row };
    const lost = [{ row: lostRow, leg, answer: anAnswer({ ...noTokens(), input: 10 }) }];
    const call = await settled({ answer: anAnswer(tokens), attempts: [lostRow, own], lost });
    expect(lostRow.cost_nanos).toBe(10_000);
    expect(own).toMatchObject({ cost_nanos: 16_000 });
    expect(call.price?.cost_nanos).toBe(26_000);
    expect(call.price?.cost_lines).toEqual([
      { kind: 'input', tokens: 20, nanos_per_million: 1e9, cost_nanos: 20_000 },
      { kind: 'output', tokens: 3, nanos_per_million: 2e9, cost_nanos: 6_000 },
    ]);
    expect(call.tokens?.tokens).toEqual(tokens);
  });

  test('whose price nobody knows leaves the call without one', async () => {
    const other = aRouter([deploymentOf('unpriced')]).plan('custom-llm', { messages }).leg;
    const lost = [{ row: { ...row }, leg: other, answer: null }];
    const call = await settled({ answer: anAnswer(tokens), attempts: [row], lost });
    expect(lost[0]?.row.cost_nanos).toBeNull();
    expect(call.price).toBeNull();
  });
});

test('a model that nobody has priced has no price, not one of zero', async () => {
  const call = await settled(
    { answer: anAnswer({ ...noTokens(), input: 1 }) },
    nothing,
    deploymentOf('unpriced'),
  );
  expect(call.price).toBeNull();
});
