import { z } from 'zod';
import { GatewayError } from '../../_shared/errors.ts';
import type { Api } from '../api.ts';
import { chatRequest } from '../chat-request.ts';
import { commonMembers } from '../request.ts';

const counterRequest = z
  .looseObject({
    ...commonMembers,
    prompt: z.string().nullish(),
    messages: chatRequest.shape.messages.nullish(),
  })
  .refine(({ prompt, messages }) => prompt != null || messages != null, {
    path: ['messages'],
    error: 'messages or a prompt is needed',
  });
type CounterRequest = z.infer<typeof counterRequest>;

/** LiteLLM's. */
export const tokenCounter: Api<CounterRequest> = {
  method: 'POST',
  endpoint: '/utils/token_counter',
  operation: 'count_tokens',
  summary: "How many tokens a prompt or messages are, by OpenAI's o200k vocabulary.",
  schema: counterRequest,
  prompt: () => null,
  isFree: true,
  async here({ model, prompt, messages }, target, counter) {
    const total_tokens = messages
      ? await counter.countMessages(messages)
      : await counter.countText(prompt ?? '');
    return {
      total_tokens,
      request_model: model,
      model_used: target.model,
      tokenizer_type: 'openai_tokenizer',
    };
  },
  begin() {
    throw new GatewayError('internal', 'Tokens are counted here.');
  },
};
