import { GatewayError } from '../../../_shared/errors.ts';
import { type ChatRequest, chatRequest } from '../../chat-request.ts';
import { isObject, type Json } from '../../providers/json.ts';
import { checkRequest } from '../../request.ts';
import type { MessagesRequest } from './request.ts';
import { toMessages } from './to-messages.ts';

/** What is the same in both APIs. */
const same = ['stream', 'tags', 'temperature', 'top_p', 'top_k', 'drop_params'] as const;

/** A request of Anthropic's Messages API as one for a chat completion. */
export function messagesToChat(asked: MessagesRequest, knowsThinking: boolean): ChatRequest {
  const chat: Json = {
    model: asked.model,
    messages: toMessages(asked),
    max_completion_tokens: asked.max_tokens,
  };
  for (const name of same) if (asked[name] != null) chat[name] = asked[name];
  const { stop_sequences: stop, metadata, thinking } = asked;
  if (stop?.length) chat.stop = stop;
  if (typeof metadata?.user_id === 'string') chat.user = metadata.user_id.slice(0, 256);
  if (isObject(thinking) && thinking.type !== 'disabled') {
    if (knowsThinking) chat.thinking = thinking;
    else chat.reasoning_effort = effortOf(thinking);
  }
  Object.assign(chat, toolsOf(asked));
  return checkRequest(chatRequest, chat);
}

/** LiteLLM's budgets for the efforts, the other way round. */
function effortOf({ budget_tokens: budget }: Json): string {
  if (typeof budget !== 'number') return 'medium';
  if (budget < 2048) return 'low';
  return budget < 4096 ? 'medium' : 'high';
}

function toolsOf({ tools, tool_choice: choice }: MessagesRequest): Json {
  if (!tools?.length) return {};
  const chosen = isObject(choice) ? choice : {};
  return {
    tools: tools.map((tool, index) => {
      const { type, name, description, input_schema: parameters } = tool;
      if (type != null && type !== 'custom') throw ofAnthropic(`tools.${index}.type`, type);
      return { type: 'function', function: { name, description, parameters } };
    }),
    ...choiceOf(chosen),
    ...(chosen.disable_parallel_tool_use === true ? { parallel_tool_calls: false } : {}),
  };
}

function ofAnthropic(param: string, type: unknown): GatewayError {
  return new GatewayError(
    'invalid_request',
    `${param}: '${String(type).slice(0, 64)}' is a tool of Anthropic's own, and this model is not there. Use tools with an input_schema.`,
    { param },
  );
}

function choiceOf({ type, name }: Json): Json {
  switch (type) {
    case 'auto':
    case 'none':
      return { tool_choice: type };
    case 'any':
      return { tool_choice: 'required' };
    case 'tool':
      return { tool_choice: { type: 'function', function: { name } } };
    default:
      return {};
  }
}
