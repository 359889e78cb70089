import type { AnswerEnd, Delta } from '../answer.ts';
import type { Turn } from '../api/chat-request.ts';
import { longestConversation, mostTurns } from '../limits.ts';

/** Why there is no answer, or only a part of one. */
export interface Failure {
  message: string;
  /** The HTTP status; 0 when the chat's server was not reached. */
  status: number;
  code: string | null;
  /** Seconds that the gateway asks to wait. */
  retryAfter: number | null;
}

/** A question and what came of it. Never changed in place: a change is another object. */
export interface Exchange {
  key: string;
  question: string;
  outcome: 'answering' | 'done' | 'stopped' | 'failed';
  text: string;
  reasoning: string;
  callId: string | null;
  /** Null until the answer is whole. */
  end: AnswerEnd | null;
  failure: Failure | null;
}

export function beginExchange(key: string, question: string): Exchange {
  return {
    key,
    question,
    outcome: 'answering',
    text: '',
    reasoning: '',
    callId: null,
    end: null,
    failure: null,
  };
}

/** The exchange with what has come since. */
export function growExchange(exchange: Exchange, deltas: Delta[]): Exchange {
  let { text, reasoning } = exchange;
  for (const delta of deltas) {
    if ('text' in delta) text += delta.text;
    else reasoning += delta.reasoning;
  }
  return { ...exchange, text, reasoning };
}

export interface History {
  messages: Turn[];
  /** How many exchanges are not sent along because they do not fit. */
  leftOut: number;
}

/**
 * The conversation as the model is told it: the newest exchanges that fit with the next message.
 * A stopped answer counts as far as it came; what failed, or never began, is not told.
 */
export function historyOf(exchanges: readonly Exchange[], next: string): History {
  const told = exchanges.filter(
    ({ outcome, text }) => text !== '' && (outcome === 'done' || outcome === 'stopped'),
  );
  let room = longestConversation - next.length;
  let first = told.length;
  for (const { question, text } of told.toReversed()) {
    room -= question.length + text.length;
    if (room < 0 || (told.length - first + 1) * 2 > mostTurns) break;
    first--;
  }
  return {
    messages: told.slice(first).flatMap(({ question, text }): Turn[] => [
      { role: 'user', content: question },
      { role: 'assistant', content: text },
    ]),
    leftOut: first,
  };
}
