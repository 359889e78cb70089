import { isObject } from '../json.ts';

/** Cohere's `{text, token_ids, logprobs}` as OpenAI's `logprobs`; null where there are none. */
export function readLogprobs(given: unknown): { content: object[]; refusal: null } | null {
  const items = [given].flat().filter(isObject);
  if (items.length === 0) return null;
  const content = items.map(({ text, logprobs }) => {
    const token = typeof text === 'string' ? text : '';
    const each = Array.isArray(logprobs) ? logprobs.map(Number) : [];
    // A text of several tokens is as likely as all of them together.
    const logprob = each.reduce((sum, one) => sum + one, 0);
    return { token, logprob, bytes: [...Buffer.from(token)], top_logprobs: [] };
  });
  return { content, refusal: null };
}
