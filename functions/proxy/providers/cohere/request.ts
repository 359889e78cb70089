import type { Ask } from '../adapter.ts';
import { isObject, type Json } from '../json.ts';
import { type Refuse, refuseFor, refuseParameters } from '../unsupported.ts';
import { translateMessages } from './messages.ts';
import { offerTools } from './tools.ts';

/** OpenAI's parameters that are read below; any other that is not refused is Cohere's own. */
const translated = new Set([
  'model',
  'messages',
  'max_tokens',
  'max_completion_tokens',
  'stream',
  'stream_options',
  'top_p',
  'top_k',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'response_format',
  'reasoning_effort',
  'thinking',
  'stop',
  'frequency_penalty',
  'presence_penalty',
  // Hints that change nothing in the answer.
  'user',
  'metadata',
  'prompt_cache_key',
  'prompt_cache_retention',
  'safety_identifier',
]);

const unknownToCohere = [
  'n',
  'top_logprobs',
  'logit_bias',
  'modalities',
  'audio',
  'prediction',
  'verbosity',
  'web_search_options',
  'functions',
  'function_call',
  'store',
  'service_tier',
];

/** OpenAI's chat request as Cohere's `POST /v2/chat`. */
export function buildChatRequest(ask: Ask): Json {
  const { chat, model } = ask;
  const refuse = refuseFor('cohere', ask);
  refuseParameters(unknownToCohere, ask, refuse);
  const max_tokens = chat.max_completion_tokens ?? chat.max_tokens;
  const stop_sequences = [chat.stop].flat().filter((each) => each != null && each !== '');
  return {
    model,
    messages: translateMessages(ask, refuse),
    ...(max_tokens == null ? {} : { max_tokens }),
    ...(chat.top_p == null ? {} : { p: Math.min(Math.max(chat.top_p, least), most) }),
    ...(chat.top_k == null ? {} : { k: chat.top_k }),
    ...(stop_sequences.length > 0 ? { stop_sequences } : {}),
    ...penalties(ask, refuse),
    ...offerTools(ask, refuse),
    ...shapeAnswer(ask, refuse),
    ...askToThink(ask, refuse),
    ...(chat.stream ? { stream: true } : {}),
    ...ownParameters(ask),
  };
}

/** Cohere's bounds of `p`. OpenAI's 1, that many send, is no reason to refuse a call. */
const least = 0.01;
const most = 0.99;

function penalties({ chat }: Ask, refuse: Refuse): Json {
  const given: Json = {};
  for (const name of ['frequency_penalty', 'presence_penalty'] as const) {
    const value = chat[name];
    if (value == null) continue;
    if (typeof value === 'number' && (value < 0 || value > 1)) refuse(name, 'outside of 0 to 1');
    else given[name] = value;
  }
  return given;
}

/** Cohere has one JSON format, with a schema or without. */
function shapeAnswer({ chat: { response_format: given } }: Ask, refuse: Refuse): Json {
  if (given == null) return {};
  if (isObject(given)) {
    if (given.type === 'text') return {};
    if (given.type === 'json_object') return { response_format: given };
    if (given.type === 'json_schema' && isObject(given.json_schema)) {
      const { schema } = given.json_schema;
      const json_schema = isObject(schema) ? { json_schema: schema } : {};
      return { response_format: { type: 'json_object', ...json_schema } };
    }
  }
  refuse('response_format', 'in this form');
  return {};
}

/** LiteLLM's budgets; from `high` on a model thinks as long as it likes. */
const budgets: Record<string, number | null> = {
  minimal: 1024,
  low: 1024,
  medium: 2048,
  high: null,
  xhigh: null,
  max: null,
};

/** `reasoning_effort`, or a client's own `thinking`, in Anthropic's words or in Cohere's. */
function askToThink({ chat: { thinking, reasoning_effort: effort } }: Ask, refuse: Refuse): Json {
  if (isObject(thinking)) {
    const { budget_tokens, ...own } = thinking;
    const budget = budget_tokens == null ? {} : { token_budget: budget_tokens };
    return { thinking: { ...budget, ...own } };
  }
  if (effort == null) return {};
  if (effort === 'none') return { thinking: { type: 'disabled' } };
  const budget = budgets[String(effort)];
  if (budget === undefined) {
    refuse('reasoning_effort', `with the value ${JSON.stringify(effort)?.slice(0, 64)}`);
    return {};
  }
  return { thinking: { type: 'enabled', ...(budget === null ? {} : { token_budget: budget }) } };
}

/** Parameters of both (`temperature`, `seed`, `logprobs`), and Cohere's own (`documents`). */
function ownParameters({ chat }: Ask): Json {
  return Object.fromEntries(
    Object.entries(chat).filter(
      ([name, value]) => value != null && !translated.has(name) && !unknownToCohere.includes(name),
    ),
  );
}
