import type { CostLine } from '../events/types.ts';
import { costOf, type Nanos } from '../money.ts';
import { type EpochMs, inputTokens, type TokenKind, type Tokens, tokenKinds } from '../units.ts';
import { listPrices, type Rate, type Rates } from './list-prices.ts';

/** Dollars for one token, by kind: LiteLLM's `input_cost_per_token` and its kin. */
export type TokenPrices = Partial<Record<TokenKind, number>>;

export interface PricedCall {
  provider: string | null;
  /** The name that the upstream knows the model by. */
  model: string;
  api_base: string | null;
  tokens: Tokens;
  /** Prices change with time; the call's start decides. */
  at: EpochMs;
  /** The operator's own prices, which win. */
  prices?: TokenPrices;
}

export interface Price {
  cost_nanos: Nanos;
  /** One a kind that was used; they add up to `cost_nanos` exactly. */
  cost_lines: CostLine[];
  price_source: 'config' | 'genai-prices';
}

export interface PriceBook {
  /** Null where no price is known: never a guess, never 0 for that. */
  price(call: PricedCall): Price | null;
}

/** What a kind costs where the price list has no price of its own for it. */
const substitutes: Record<TokenKind, TokenKind> = {
  input: 'input',
  cache_read: 'input',
  cache_write: 'input',
  input_audio: 'input',
  output: 'output',
  reasoning: 'output',
  output_audio: 'output',
};

export function createPriceBook(): PriceBook {
  const list = listPrices();
  return {
    price(call) {
      const own = call.prices && ownRates(call.prices);
      const rates = own ?? list.find(call);
      if (!rates) return null;
      return charge(call.tokens, rates, own ? 'config' : 'genai-prices');
    },
  };
}

/** Null when neither side has a price: then the operator has not priced the model at all. */
function ownRates(prices: TokenPrices): Rates | null {
  if (prices.input === undefined && prices.output === undefined) return null;
  const rates: Rates = { input: constant(0), output: constant(0) };
  for (const kind of tokenKinds) {
    const dollars = prices[kind];
    if (dollars !== undefined) rates[kind] = constant(dollars * 1e15);
  }
  return rates;
}

const constant =
  (nanosPerMillion: number): Rate =>
  () =>
    nanosPerMillion;

function charge(tokens: Tokens, rates: Rates, price_source: Price['price_source']): Price | null {
  const input = inputTokens(tokens);
  const cost_lines: CostLine[] = [];
  let cost_nanos = 0;
  for (const kind of tokenKinds) {
    const count = tokens[kind];
    if (count === 0) continue;
    const rate = rates[kind] ?? rates[substitutes[kind]];
    if (!rate) return null;
    const nanos_per_million = rate(input);
    const line = costOf(count, nanos_per_million);
    cost_lines.push({ kind, tokens: count, nanos_per_million, cost_nanos: line });
    cost_nanos += line;
  }
  return { cost_nanos, cost_lines, price_source };
}

/** An event has room for these many. */
const mostLines = 32;

/**
 * Two prices as one: lines of one kind at one rate are added up. Null where there would be too many
 * lines to tell of.
 */
export function addPrices(a: Price, b: Price): Price | null {
  const cost_lines = a.cost_lines.map((line) => ({ ...line }));
  for (const { kind, tokens, nanos_per_million, cost_nanos } of b.cost_lines) {
    const same = cost_lines.find(
      (line) => line.kind === kind && line.nanos_per_million === nanos_per_million,
    );
    if (same) {
      same.tokens += tokens;
      same.cost_nanos += cost_nanos;
    } else cost_lines.push({ kind, tokens, nanos_per_million, cost_nanos });
  }
  if (cost_lines.length > mostLines) return null;
  return { ...a, cost_lines, cost_nanos: a.cost_nanos + b.cost_nanos };
}
