import { addPrices, type Price, type PriceBook } from '../../_shared/pricing/price.ts';
import { noTokens, type Tokens } from '../../_shared/units.ts';
import type { Asked } from '../api.ts';
import type { Answer, Call } from '../call.ts';
import type { Candidate } from '../routing/candidate.ts';
import type { Step } from '../stairs.ts';
import type { TokenCounter } from '../tokenizer/token-counter.ts';

export interface SettleParts {
  priceBook: PriceBook;
  tokenCounter: TokenCounter;
}

/**
 * On the way up: how many tokens the call took and what they cost. The upstream's own figures
 * count; where it gave none (a call cut short, a server without usage) we count ourselves.
 */
export function settle({ priceBook, tokenCounter }: SettleParts): Step {
  return async function settle(call, next) {
    try {
      await next();
    } finally {
      call.tokens = await tokensOf(call, tokenCounter);
      const { api, answer, deployment, target, tokens } = call;
      call.price = deployment && target && priceOf(call, { deployment, target }, tokens, priceBook);
      const last = call.attempts.at(-1);
      if (last)
        last.cost_nanos = !api.isFree && (tokens || answer) ? (call.price?.cost_nanos ?? null) : 0;
      if (call.lost.length > 0) await settleLost(call, { priceBook, tokenCounter });
    }
  };
}

/**
 * What attempts took that did not answer, such as one that another beside it was faster than. Its
 * provider wants to be paid all the same, so it is part of what the call cost.
 */
async function settleLost(call: Call, { priceBook, tokenCounter }: SettleParts): Promise<void> {
  let isKnown = call.tokens === null || call.price !== null;
  for (const { row, leg, answer } of call.lost) {
    const tokens = answer?.tokens ?? (await count(call, leg.asked, answer, tokenCounter));
    if (tokens === null) continue;
    const price = priceOf(call, leg.candidate, { tokens }, priceBook);
    row.cost_nanos = price?.cost_nanos ?? null;
    if (price) call.price = call.price ? addPrices(call.price, price) : price;
    isKnown &&= price !== null;
  }
  if (!isKnown) call.price = null;
}

async function tokensOf(call: Call, tokenCounter: TokenCounter): Promise<Call['tokens']> {
  const { answer, api, plan } = call;
  if (api.isFree) return null;
  if (answer?.tokens) return { tokens: answer.tokens, source: 'upstream' };
  const spent = answer !== null || call.attempts.at(-1)?.status === 'interrupted';
  if (!spent || !plan) return null;
  const tokens = await count(call, plan.leg.asked, answer, tokenCounter);
  return tokens && { tokens, source: 'tokenizer' };
}

/** Null where tokens are not what it is paid by. */
async function count(
  { api }: Call,
  asked: Asked,
  answer: Answer | null,
  tokenCounter: TokenCounter,
): Promise<Tokens | null> {
  const prompt = api.prompt(asked);
  if (prompt === null) return null;
  const [input, output] = await Promise.all([
    typeof prompt === 'string'
      ? tokenCounter.countText(prompt)
      : tokenCounter.countMessages(prompt),
    tokenCounter.countText(answer?.completion() ?? ''),
  ]);
  return { ...noTokens(), input, output };
}

function priceOf(
  { startedAt }: Call,
  { deployment, target }: Pick<Candidate, 'deployment' | 'target'>,
  counted: { tokens: Tokens } | null,
  priceBook: PriceBook,
): Price | null {
  if (!counted) return null;
  return priceBook.price({
    provider: target.provider,
    model: deployment.baseModel ?? target.model,
    api_base: target.apiBase,
    tokens: counted.tokens,
    at: startedAt,
    prices: deployment.prices,
  });
}
