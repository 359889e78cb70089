import type { ChatRequest } from '../chat-request.ts';

/** Rather too many: English prose has four to five. */
const bytesAToken = 5;

/**
 * How many tokens a prompt has at the least, for the price of its length. It is rather too low: a
 * prompt that slips through is refused upstream and falls back then; one refused here in error
 * would not be answered at all.
 */
export function leastTokens(prompt: string | ChatRequest['messages'] | null): number {
  if (prompt === null) return 0;
  if (typeof prompt === 'string') return Math.floor(Buffer.byteLength(prompt) / bytesAToken);
  let bytes = 0;
  for (const { content } of prompt) {
    if (typeof content === 'string') bytes += Buffer.byteLength(content);
    else {
      for (const part of content ?? []) {
        if (typeof part.text === 'string') bytes += Buffer.byteLength(part.text);
      }
    }
  }
  return Math.floor(bytes / bytesAToken);
}
