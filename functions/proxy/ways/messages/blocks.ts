import type { Json } from '../../providers/json.ts';
import type { Piece } from '../../stream/pieces.ts';

/** A block of a message's content, as it grows. */
export interface Block {
  kind: Piece['kind'];
  /** Of a call: its place among the answer's. */
  call: number;
  /** As it begins. */
  given: Json;
  text: string;
  signature: string;
  isOpen: boolean;
}

export function blank(piece: Piece): Block {
  const call = piece.kind === 'call' ? piece.index : -1;
  return { kind: piece.kind, call, given: beginning(piece), text: '', signature: '', isOpen: true };
}

function beginning(piece: Piece): Json {
  switch (piece.kind) {
    case 'text':
      return { type: 'text', text: '' };
    case 'thought':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'redacted':
      return { type: 'redacted_thinking', data: piece.data };
    case 'call':
      return { type: 'tool_use', id: piece.id, name: piece.name, input: {} };
  }
}

export function textOf(piece: Piece): string {
  if (piece.kind === 'call') return piece.arguments;
  return piece.kind === 'redacted' ? '' : piece.text;
}

export function deltaOf(kind: Piece['kind'], text: string): Json {
  if (kind === 'text') return { type: 'text_delta', text };
  if (kind === 'thought') return { type: 'thinking_delta', thinking: text };
  return { type: 'input_json_delta', partial_json: text };
}

/** As it stands in the message. */
export function blockOf({ kind, given, text, signature }: Block): Json {
  if (kind === 'text') return { ...given, text };
  if (kind === 'thought') return { ...given, thinking: text, signature };
  return kind === 'call' ? { ...given, input: inputOf(text) } : given;
}

/** What a model wrote as arguments need not be JSON; Anthropic's clients want an object. */
function inputOf(text: string): unknown {
  try {
    return JSON.parse(text || '{}');
  } catch {
    return { arguments: text };
  }
}
