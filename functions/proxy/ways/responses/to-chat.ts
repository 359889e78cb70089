import { GatewayError } from '../../../_shared/errors.ts';
import { type ChatRequest, chatRequest } from '../../chat-request.ts';
import { isObject, type Json } from '../../providers/json.ts';
import { checkRequest } from '../../request.ts';
import type { ResponsesRequest } from './request.ts';
import { toMessages } from './to-messages.ts';

/** What is the same in both APIs. */
const same = [
  'model',
  'stream',
  'user',
  'tags',
  'temperature',
  'top_p',
  'parallel_tool_calls',
  'service_tier',
  'safety_identifier',
  'prompt_cache_key',
  'drop_params',
] as const;

/** What only a provider that keeps responses can do. */
const needsStore = ['previous_response_id', 'conversation', 'background', 'prompt'] as const;

/** A request of the Responses API as one for a chat completion. */
export function responsesToChat(asked: ResponsesRequest): ChatRequest {
  for (const name of needsStore) {
    if (asked[name] == null || asked[name] === false) continue;
    throw new GatewayError(
      'invalid_request',
      `'${name}' needs a provider with a Responses API of its own, and this model has none. ` +
        `Send the whole conversation in 'input'.`,
      { param: name, upstreamCode: 'unsupported_parameter' },
    );
  }
  const chat: Json = {};
  for (const name of same) if (asked[name] != null) chat[name] = asked[name];
  chat.messages = toMessages(asked);
  if (asked.max_output_tokens != null) chat.max_completion_tokens = asked.max_output_tokens;
  if (isObject(asked.reasoning) && asked.reasoning.effort != null) {
    chat.reasoning_effort = asked.reasoning.effort;
  }
  if (typeof asked.top_logprobs === 'number' && asked.top_logprobs > 0) {
    Object.assign(chat, { logprobs: true, top_logprobs: asked.top_logprobs });
  }
  Object.assign(chat, formatOf(asked.text), toolsOf(asked));
  return checkRequest(chatRequest, chat);
}

function formatOf(text: unknown): Json {
  if (!isObject(text)) return {};
  const { format, verbosity } = text;
  const told = verbosity == null ? {} : { verbosity };
  if (!isObject(format) || format.type === 'text') return told;
  if (format.type !== 'json_schema') return { ...told, response_format: format };
  const { type, ...json_schema } = format;
  return { ...told, response_format: { type, json_schema } };
}

function toolsOf({ tools, tool_choice: choice }: ResponsesRequest): Json {
  const chosen =
    isObject(choice) && choice.type === 'function'
      ? { type: 'function', function: { name: choice.name } }
      : choice;
  if (!tools?.length) return {};
  return {
    tools: tools.map(({ type, ...called }, index) => {
      if (type === 'function') return { type, function: called };
      throw new GatewayError(
        'invalid_request',
        `Tools of type '${type}' need a provider with a Responses API of its own, and this model has none. Use tools of type 'function'.`,
        { param: `tools[${index}].type`, upstreamCode: 'unsupported_parameter' },
      );
    }),
    ...(chosen == null ? {} : { tool_choice: chosen }),
  };
}
