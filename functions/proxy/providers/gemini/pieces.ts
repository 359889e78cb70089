import { isObject, type Json } from '../json.ts';
import { withSignature } from './call-id.ts';

/** What a part of Gemini's answer says, in OpenAI's terms. */
export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'thought'; text: string }
  | { kind: 'call'; id: string; name: string; arguments: string }
  | { kind: 'image'; url: string }
  | { kind: 'signature'; signature: string };

/**
 * The parts of a candidate, or of a piece of one. `nextId` is asked for a call that has no id:
 * older models give none, and OpenAI's clients answer by it.
 */
export function readPieces({ content }: Json, nextId: () => string): Piece[] {
  const parts = isObject(content) && Array.isArray(content.parts) ? content.parts : [];
  return parts.filter(isObject).flatMap((part) => readPart(part, nextId));
}

function readPart(part: Json, nextId: () => string): Piece[] {
  const { text, thought, functionCall: call, inlineData: blob, thoughtSignature } = part;
  if (isObject(call)) {
    const id = typeof call.id === 'string' && call.id !== '' ? call.id : nextId();
    return [
      {
        kind: 'call',
        id: withSignature(id, thoughtSignature),
        name: String(call.name ?? ''),
        arguments: JSON.stringify(call.args ?? {}),
      },
    ];
  }
  // A thought's own picture is a draft.
  if (isObject(blob) && thought !== true) {
    return [{ kind: 'image', url: `data:${String(blob.mimeType)};base64,${String(blob.data)}` }];
  }
  const pieces: Piece[] = [];
  if (typeof text === 'string' && text !== '') {
    pieces.push({ kind: thought === true ? 'thought' : 'text', text });
  }
  if (typeof thoughtSignature === 'string' && thought !== true) {
    pieces.push({ kind: 'signature', signature: thoughtSignature });
  }
  return pieces;
}

/** Google's members of OpenAI's message, and LiteLLM's for pictures. */
export const signatureMember = (signature: string) => ({
  extra_content: { google: { thought_signature: signature } },
});
export const imageMember = (url: string, index: number) => ({
  type: 'image_url',
  image_url: { url },
  index,
});
