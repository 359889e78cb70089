import { isObject, type Json } from '../providers/json.ts';
import type { ChatChunk } from './assemble.ts';

/** What a chunk of a chat stream adds to the answer. */
export type Piece =
  | { kind: 'thought'; text: string; signature?: string }
  | { kind: 'redacted'; data: string }
  | { kind: 'text'; text: string }
  | { kind: 'call'; index: number; id: string; name: string; arguments: string };

/** The pieces of a chunk's first choice: APIs beside chat have but one. */
export function piecesOf(chunk: ChatChunk): Piece[] {
  const delta = firstChoice(chunk).delta;
  return isObject(delta) ? [...thoughtsOf(delta), ...textsOf(delta), ...callsOf(delta)] : [];
}

export function finishOf(chunk: ChatChunk): string | null {
  const { finish_reason: reason } = firstChoice(chunk);
  return typeof reason === 'string' ? reason : null;
}

/** A whole completion as the one chunk of a stream that would have brought all of it. */
export function asChunk(completion: Json): ChatChunk {
  const [choice] = Array.isArray(completion.choices) ? completion.choices : [];
  const { message, finish_reason } = isObject(choice) ? choice : {};
  const said = isObject(message) ? message : {};
  const calls = Array.isArray(said.tool_calls) ? said.tool_calls : [];
  const delta = { ...said, tool_calls: calls.map((call, index) => ({ ...call, index })) };
  return { ...completion, choices: [{ index: 0, delta, finish_reason }] };
}

function firstChoice({ choices }: ChatChunk): Json {
  const list = Array.isArray(choices) ? choices.filter(isObject) : [];
  return list.find(({ index }) => index === undefined || index === 0) ?? {};
}

/** Thinking blocks have what `reasoning_content` beside them says, and a signature. */
function thoughtsOf(delta: Json): Piece[] {
  if (Array.isArray(delta.thinking_blocks) && delta.thinking_blocks.length > 0) {
    return delta.thinking_blocks.filter(isObject).map((block): Piece => {
      if (block.type === 'redacted_thinking') {
        return { kind: 'redacted', data: String(block.data ?? '') };
      }
      const { signature } = block;
      const signed = typeof signature === 'string' ? { signature } : {};
      return { kind: 'thought', text: String(block.thinking ?? ''), ...signed };
    });
  }
  const text = delta.reasoning_content ?? delta.reasoning;
  return typeof text === 'string' && text !== '' ? [{ kind: 'thought', text }] : [];
}

function textsOf({ content, refusal }: Json): Piece[] {
  return [content, refusal]
    .filter((text) => typeof text === 'string' && text !== '')
    .map((text) => ({ kind: 'text', text: String(text) }));
}

function callsOf({ tool_calls: calls }: Json): Piece[] {
  if (!Array.isArray(calls)) return [];
  return calls.filter(isObject).map((call, at) => {
    const called = isObject(call.function) ? call.function : {};
    return {
      kind: 'call',
      index: typeof call.index === 'number' ? call.index : at,
      id: String(call.id ?? ''),
      name: String(called.name ?? ''),
      arguments: String(called.arguments ?? ''),
    };
  });
}
