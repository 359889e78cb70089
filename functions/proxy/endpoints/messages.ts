import type { Api } from '../api.ts';
import { doorOf } from '../ways/door.ts';
import { messagesFailures } from '../ways/messages/failures.ts';
import { nativeMessages } from '../ways/messages/native.ts';
import { type MessagesRequest, messagesRequest } from '../ways/messages/request.ts';
import { createMessagesTeller } from '../ways/messages/teller.ts';
import { messagesToChat } from '../ways/messages/to-chat.ts';
import { retoldWay } from '../ways/retold.ts';

/** The wires that know Anthropic's `thinking` as it is. */
const thinkers = new Set(['anthropic', 'vertex_ai', 'bedrock', 'bedrock_converse']);

export const messages: Api<MessagesRequest> = {
  method: 'POST',
  endpoint: '/v1/messages',
  operation: 'chat',
  summary:
    "Anthropic's Messages, plain or streamed, for any model: passed on to Anthropic, else told by way of chat.",
  schema: messagesRequest,
  prompt: ({ messages, system }) => JSON.stringify([system ?? '', messages]),
  begin(question, target) {
    const { asked, clientHeaders } = question;
    const door = doorOf(target, '/messages', clientHeaders);
    if (door) return nativeMessages(question, door, target.model);
    const chat = messagesToChat(asked, thinkers.has(target.provider));
    return retoldWay(chat, question, target, () => createMessagesTeller(asked.model));
  },
  failures: messagesFailures,
};
