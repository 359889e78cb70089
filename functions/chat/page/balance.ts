import { dollarsToNanos, type Nanos } from '../../_shared/money.ts';
import type { Exchange } from './exchange.ts';

/** What a conversation has taken so far. */
export interface Balance {
  answers: number;
  inputTokens: number;
  outputTokens: number;
  /** Of the answers whose price is known; null when none is. */
  cost: Nanos | null;
  /** Whole answers without a price, and those that were stopped or broke off: their logs tell. */
  unpriced: number;
}

export function balanceOf(exchanges: readonly Exchange[]): Balance {
  const balance: Balance = { answers: 0, inputTokens: 0, outputTokens: 0, cost: null, unpriced: 0 };
  for (const { end, outcome, text } of exchanges) {
    if (outcome === 'answering') continue;
    if (end === null) {
      if (text !== '') balance.unpriced++;
      continue;
    }
    balance.answers++;
    balance.inputTokens += end.usage?.input_tokens ?? 0;
    balance.outputTokens += end.usage?.output_tokens ?? 0;
    if (end.cost === null) balance.unpriced++;
    else balance.cost = (balance.cost ?? 0) + dollarsToNanos(end.cost);
  }
  return balance;
}
