import { isObject, type Json } from '../json.ts';

/** Gemini's `logprobsResult` as OpenAI's `logprobs`; null where there is none. */
export function readLogprobs(given: unknown): { content: object[]; refusal: null } | null {
  if (!isObject(given) || !Array.isArray(given.chosenCandidates)) return null;
  const tops = Array.isArray(given.topCandidates) ? given.topCandidates : [];
  const content = given.chosenCandidates.filter(isObject).map((chosen, index) => {
    const top: unknown = tops[index];
    const candidates = isObject(top) && Array.isArray(top.candidates) ? top.candidates : [];
    return { ...tokenOf(chosen), top_logprobs: candidates.filter(isObject).map(tokenOf) };
  });
  return { content, refusal: null };
}

function tokenOf({ token, logProbability }: Json) {
  const text = typeof token === 'string' ? token : '';
  // OpenAI's word for what is too unlikely to tell.
  const logprob = typeof logProbability === 'number' ? logProbability : -9999;
  return { token: text, logprob, bytes: [...Buffer.from(text)] };
}
