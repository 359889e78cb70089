import {
  calcPrice,
  findProvider,
  type ModelPrice,
  type TieredPrices,
} from '@pydantic/genai-prices';
import type { EpochMs, TokenKind } from '../units.ts';
import { listedName } from './listed-names.ts';

/** Nano-dollars for a million tokens; long prompts can cost more, so it asks for their length. */
export type Rate = (inputTokens: number) => number;
export type Rates = Partial<Record<TokenKind, Rate>>;

interface Listed {
  provider: string | null;
  model: string;
  api_base: string | null;
  at: EpochMs;
}

const priceKeys: Record<TokenKind, string> = {
  input: 'input_mtok',
  cache_read: 'cache_read_mtok',
  cache_write: 'cache_write_mtok',
  input_audio: 'input_audio_mtok',
  output: 'output_mtok',
  reasoning: 'output_reasoning_mtok',
  output_audio: 'output_audio_mtok',
};

const minute = 60_000;
const memory = 2000;

/**
 * The public price list (genai-prices), which comes with the package: nothing is fetched. Finding
 * a row takes 15 µs, so it is kept for the minute it was found in (some prices have hours).
 */
export function listPrices() {
  const found = new Map<string, { minute: number; rates: Rates | null }>();
  return {
    find(call: Listed): Rates | null {
      const key = `${call.provider}\n${call.api_base}\n${call.model}`;
      const now = Math.floor(call.at / minute);
      const kept = found.get(key);
      if (kept?.minute === now) return kept.rates;
      if (found.size >= memory) found.clear();
      const rates = look(call);
      found.set(key, { minute: now, rates });
      return rates;
    },
  };
}

export type ListedModel = Pick<Listed, 'provider' | 'model' | 'api_base'>;

/** How many tokens the model takes at once, as the price list has it; null where it has not. */
export function listedContextWindow(listed: ListedModel): number | null {
  return findModel({ ...listed, at: Date.now() })?.model.context_window ?? null;
}

function look(listed: Listed): Rates | null {
  const found = findModel(listed);
  return found ? toRates(found.model_price) : null;
}

function findModel({ provider, model, api_base, at }: Listed) {
  // Where the calls really go says more than our word for the wire: `custom_openai` is anyone.
  const listed =
    (api_base && findProvider({ providerApiUrl: api_base })) || (provider && byId(provider));
  if (!listed) return null;
  return calcPrice({ input_tokens: 1, output_tokens: 1 }, model, {
    provider: listed,
    timestamp: new Date(at),
  });
}

/** findProvider also takes a part of a name: `custom_openai` would be OpenAI. */
function byId(name: string) {
  const id = listedName(name);
  const provider = findProvider({ providerId: id });
  return provider?.id === id ? provider : null;
}

function toRates(prices: ModelPrice): Rates | null {
  const rates: Rates = {};
  for (const [kind, key] of Object.entries(priceKeys) as [TokenKind, string][]) {
    const price = prices[key];
    if (price !== undefined) rates[kind] = toRate(price);
  }
  return rates.input || rates.output ? rates : null;
}

function toRate(price: number | TieredPrices): Rate {
  const nanos = (dollarsPerMillion: number) => dollarsPerMillion * 1e9;
  if (typeof price === 'number') return () => nanos(price);
  const tiers = [...price.tiers].sort((a, b) => b.start - a.start);
  return (input) => nanos(tiers.find((tier) => input > tier.start)?.price ?? price.base);
}
