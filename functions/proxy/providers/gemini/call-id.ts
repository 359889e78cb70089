/** LiteLLM's: between a call's own id and the signature of the thoughts that led to it. */
const mark = '__thought__';

/**
 * A signature travels in the id of its call, because an id is all that every client sends back;
 * members that it does not know, many drop. Gemini 3 takes its calls back only with it.
 */
export function withSignature(id: string, signature: unknown): string {
  return typeof signature === 'string' && signature !== '' ? `${id}${mark}${signature}` : id;
}

export function readCallId(given: unknown): { id: string; signature: string | null } {
  const text = typeof given === 'string' ? given : '';
  const at = text.indexOf(mark);
  if (at === -1) return { id: text, signature: null };
  return { id: text.slice(0, at), signature: text.slice(at + mark.length) };
}
