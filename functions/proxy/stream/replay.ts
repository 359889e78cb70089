import type { Tokens } from '../../_shared/units.ts';
import { chatEnd } from './chat-end.ts';

/** A completion object, as far as a replay looks into it. */
export interface ReplayedCompletion {
  choices: ReplayedChoice[];
  usage?: unknown;
  [name: string]: unknown;
}

interface ReplayedChoice {
  index: number;
  message: Record<string, unknown>;
  logprobs?: unknown;
  finish_reason: unknown;
}

export interface ReplayOptions {
  /** The name that the client asks for. */
  model: string;
  wantsUsage: boolean;
  tokens: Tokens;
}

/** Members of a message whose text comes in pieces, in the order in which models say them. */
const spoken = ['reasoning_content', 'reasoning', 'content', 'refusal'];
const pieces = /.{1,200}/gsu;
const headMembers = ['id', 'created', 'system_fingerprint', 'service_tier'];
/** What only a whole answer has, or each chunk has for itself. */
const notOfChunks = new Set(['object', 'model', 'choices', 'usage', ...headMembers]);

/**
 * A completion as the stream that the same call would have given: who speaks, the text in pieces,
 * the tool calls, why it ended, the usage when it was asked for, and `[DONE]`.
 */
export function replayChat(
  completion: ReplayedCompletion,
  { model, wantsUsage, tokens }: ReplayOptions,
): string {
  const head: Record<string, unknown> = { object: 'chat.completion.chunk', model };
  for (const name of headMembers) {
    if (completion[name] !== undefined) head[name] = completion[name];
  }
  let saidOnce = Object.fromEntries(
    Object.entries(completion).filter(([name]) => !notOfChunks.has(name)),
  );
  const chunks: string[] = [];
  const say = (choice: object) => {
    const usage = wantsUsage ? { usage: null } : {};
    const chunk = { ...head, ...saidOnce, choices: [choice], ...usage };
    // What is of the answer as a whole, such as its citations.
    saidOnce = {};
    chunks.push(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  for (const choice of completion.choices) {
    const { index, finish_reason } = choice;
    for (const { delta, logprobs = null } of deltasOf(choice)) {
      say({ index, delta, logprobs, finish_reason: null });
    }
    say({ index, delta: {}, logprobs: null, finish_reason });
  }
  const assembler = { usage: completion.usage ?? null };
  return (
    chunks.join('') + chatEnd({ assembler, last: head, model, wantsUsage }, { tokens, cost: 0 })
  );
}

interface Delta {
  delta: object;
  logprobs?: unknown;
}

function* deltasOf({ message, logprobs }: ReplayedChoice): Generator<Delta> {
  const { role = 'assistant', tool_calls: calls, ...said } = message;
  const first: Record<string, unknown> = { role };
  if (typeof said.content === 'string') first.content = '';
  for (const [name, value] of Object.entries(said)) {
    if (value !== null && !spoken.includes(name)) first[name] = value;
  }
  yield { delta: first };
  let ofTokens = logprobs;
  for (const name of spoken) {
    const value = said[name];
    if (typeof value !== 'string' || value === '') continue;
    if (ofTokens != null && (name === 'content' || name === 'refusal')) {
      // They are of tokens, which pieces of our own making are not.
      yield { delta: { [name]: value }, logprobs: ofTokens };
      ofTokens = null;
      continue;
    }
    for (const piece of value.match(pieces) ?? []) yield { delta: { [name]: piece } };
  }
  if (!Array.isArray(calls)) return;
  for (const [index, call] of calls.entries()) {
    yield { delta: { tool_calls: [{ index, ...call }] } };
  }
}
