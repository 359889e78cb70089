import { sendWhole } from '../answers/whole.ts';
import type { Step } from '../stairs.ts';
import type { TokenCounter } from '../tokenizer/token-counter.ts';

/** Answers what needs no upstream, such as a count of tokens. */
export function here({ tokenCounter }: { tokenCounter: TokenCounter }): Step {
  return async function here(call, next) {
    const { api, asked, target } = call;
    const body = asked && target && (await api.here?.(asked, target, tokenCounter));
    if (!body) return next();
    const sent = JSON.stringify(body);
    call.answer = {
      body,
      text: sent,
      sent,
      tokens: null,
      responseId: null,
      finishReason: null,
      completion: () => '',
      finish: (cost) => sendWhole(call, sent, cost),
    };
  };
}
