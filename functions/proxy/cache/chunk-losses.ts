import type { ChatChunk } from '../stream/assemble.ts';

/** What the assembled completion keeps. */
const keptOfDelta = new Set([
  'role',
  'content',
  'reasoning_content',
  'reasoning',
  'refusal',
  'tool_calls',
  'thinking_blocks',
]);
/** What is not of the answer: how it was sent, filtered or padded. */
const indifferent = new Set([
  'id',
  'object',
  'created',
  'model',
  'choices',
  'usage',
  'error',
  'system_fingerprint',
  'service_tier',
  'obfuscation',
  'prompt_filter_results',
  'provider',
  'x_groq',
  'prompt_token_ids',
]);
const indifferentOfChoice = new Set([
  'index',
  'delta',
  'finish_reason',
  'native_finish_reason',
  'content_filter_results',
  'content_filter_offsets',
  'stop_reason',
  'matched_stop',
]);

/**
 * Whether assembling a stream would lose something of this chunk (log probabilities, citations,
 * audio …). Such a stream is not kept: who is given it later would get less than the first.
 */
export function losesSomething(chunk: ChatChunk): boolean {
  if (hasOther(chunk, indifferent)) return true;
  if (!Array.isArray(chunk.choices)) return false;
  return chunk.choices.some(
    (choice) => hasOther(choice, indifferentOfChoice) || hasOther(choice?.delta ?? {}, keptOfDelta),
  );
}

function hasOther(given: Record<string, unknown>, known: Set<string>): boolean {
  for (const name in given) {
    if (!known.has(name) && !isNothing(given[name])) return true;
  }
  return false;
}

const isNothing = (value: unknown) =>
  value == null || value === '' || (Array.isArray(value) && value.length === 0);
