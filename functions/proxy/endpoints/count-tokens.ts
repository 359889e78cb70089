import type { Api } from '../api.ts';
import { doorOf } from '../ways/door.ts';
import { messagesFailures } from '../ways/messages/failures.ts';
import { type CountRequest, countRequest } from '../ways/messages/request.ts';
import { nativeWay } from '../ways/native.ts';

const path = '/messages/count_tokens';

export const countTokens: Api<CountRequest> = {
  method: 'POST',
  endpoint: `/v1${path}`,
  operation: 'count_tokens',
  summary: 'How many tokens a message would take: told by Anthropic, else an estimate of our own.',
  schema: countRequest,
  prompt: () => null,
  isFree: true,
  here({ system, messages, tools }, target, tokenCounter) {
    if (doorOf(target, path, {})) return null;
    const texts = [system ?? '', messages.map(({ content }) => content), tools ?? ''];
    return tokenCounter
      .countText(texts.map(textOf).join('\n'))
      .then((tokens) => ({ input_tokens: tokens }));
  },
  begin: (question, target) =>
    nativeWay(question, target, { path, member: 'input_tokens', read: () => ({}) }),
  failures: messagesFailures,
};

const textOf = (given: unknown) => (typeof given === 'string' ? given : JSON.stringify(given));
