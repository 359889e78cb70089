import type { Api } from '../api.ts';
import { chatKeeping } from '../cache/chat-keeping.ts';
import { type ChatRequest, chatRequest } from '../chat-request.ts';
import { chatWay } from '../ways/chat.ts';

export const chatCompletions: Api<ChatRequest> = {
  method: 'POST',
  endpoint: '/v1/chat/completions',
  operation: 'chat',
  summary: 'A chat completion, plain or streamed, at any provider.',
  schema: chatRequest,
  prompt: ({ messages }) => messages,
  begin: chatWay,
  keeping: chatKeeping,
};
