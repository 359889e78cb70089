import type { PriceBook } from '../../_shared/pricing/price.ts';
import { noTokens } from '../../_shared/units.ts';
import type { Call } from '../call.ts';
import type { Target } from '../providers/target.ts';
import type { Step } from '../stairs.ts';
import type { TokenCounter } from '../tokenizer/token-counter.ts';

export interface SettleParts {
  priceBook: PriceBook;
  tokenCounter: TokenCounter;
  targets: Map<string, Target>;
}

/**
 * On the way up: how many tokens the call took and what they cost. The upstream's own figures
 * count; where it gave none (a call cut short, a server without usage) we count ourselves.
 */
export function settle({ priceBook, tokenCounter, targets }: SettleParts): Step {
  return async function settle(call, next) {
    try {
      await next();
    } finally {
      call.tokens = await tokensOf(call, tokenCounter);
      call.price = priceOf(call, priceBook, targets);
    }
  };
}

async function tokensOf(call: Call, tokenCounter: TokenCounter): Promise<Call['tokens']> {
  const { answer, api, asked } = call;
  if (api.isFree) return null;
  if (answer?.tokens) return { tokens: answer.tokens, source: 'upstream' };
  const spent = answer !== null || call.attempts.at(-1)?.status === 'interrupted';
  if (!spent || !asked) return null;
  const prompt = api.prompt(asked);
  if (prompt === null) return null;
  const [input, output] = await Promise.all([
    typeof prompt === 'string'
      ? tokenCounter.countText(prompt)
      : tokenCounter.countMessages(prompt),
    tokenCounter.countText(answer?.completion() ?? ''),
  ]);
  return { tokens: { ...noTokens(), input, output }, source: 'tokenizer' };
}

function priceOf(call: Call, priceBook: PriceBook, targets: Map<string, Target>): Call['price'] {
  const { deployment, tokens } = call;
  const target = deployment && targets.get(deployment.id);
  if (!target || !tokens) return null;
  return priceBook.price({
    provider: target.provider,
    model: deployment.baseModel ?? target.model,
    api_base: target.apiBase,
    tokens: tokens.tokens,
    at: call.startedAt,
    prices: deployment.prices,
  });
}
