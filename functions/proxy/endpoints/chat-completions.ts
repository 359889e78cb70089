import type { Api } from '../api.ts';
import { type ChatRequest, checkChatRequest } from '../chat-request.ts';
import { chatWay } from '../ways/chat.ts';

/** OpenAI's chat completions. */
export const chatCompletions: Api<ChatRequest> = {
  endpoint: '/v1/chat/completions',
  operation: 'chat',
  check: checkChatRequest,
  prompt: ({ messages }) => messages,
  begin: chatWay,
};
