import type { Ask } from '../adapter.ts';
import { isObject, type Json } from '../json.ts';
import { type Refuse, refuseFor, refuseParameters } from '../unsupported.ts';
import { type ClaudeModel, claudeModel } from './claude-models.ts';
import { translateMessages } from './messages.ts';
import { jsonToolName, shapeAnswer } from './response-format.ts';
import { askToThink } from './thinking.ts';
import { translateToolChoice, translateTools } from './tools.ts';

/** OpenAI's parameters that are read below; any other that is not refused is Anthropic's own. */
const translated = new Set([
  'messages',
  'max_tokens',
  'max_completion_tokens',
  'stream',
  'stream_options',
  'temperature',
  'top_p',
  'top_k',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'response_format',
  'reasoning_effort',
  'thinking',
  'output_config',
  'stop',
  'user',
  'service_tier',
  // Hints that change nothing in the answer: OpenAI's stored completions, cache and abuse marks.
  'metadata',
  'prompt_cache_key',
  'prompt_cache_retention',
  'safety_identifier',
]);

const unknownToAnthropic = [
  'n',
  'seed',
  'logprobs',
  'top_logprobs',
  'logit_bias',
  'frequency_penalty',
  'presence_penalty',
  'modalities',
  'audio',
  'prediction',
  'verbosity',
  'web_search_options',
  'functions',
  'function_call',
  'store',
];

export interface MessagesRequest {
  body: Json;
  /** Whether the answer comes as a call of the JSON tool. */
  usesJsonTool: boolean;
}

/** OpenAI's chat request as Anthropic's `POST /v1/messages`. */
export function buildMessagesRequest(ask: Ask): MessagesRequest {
  const { chat, model } = ask;
  const refuse = refuseFor('anthropic', ask);
  const claude = claudeModel(model);
  refuseParameters(unknownToAnthropic, ask, refuse);
  const { thinking, effort, max_tokens } = askToThink(ask, claude, refuse);
  const { format, jsonTool } = shapeAnswer(ask, claude, refuse);
  const { system, messages } = translateMessages(ask, refuse);
  const tools = [...translateTools(ask, claude, refuse), ...(jsonTool ? [jsonTool] : [])];
  const chosen = translateToolChoice(ask, refuse);
  const isThinking = isObject(thinking) && thinking.type !== 'disabled';
  const tool_choice = jsonTool && !isThinking ? forceJson(chosen, tools) : chosen;
  const output_config = {
    ...(isObject(chat.output_config) ? chat.output_config : {}),
    ...(effort === undefined ? {} : { effort }),
    ...(format === undefined ? {} : { format }),
  };
  const body: Json = {
    model,
    max_tokens,
    ...(system.length > 0 ? { system } : {}),
    messages,
    ...(tools.length > 0 ? { tools } : {}),
    ...(tool_choice && tools.length > 0 ? { tool_choice } : {}),
    ...(thinking === undefined ? {} : { thinking }),
    ...(Object.keys(output_config).length > 0 ? { output_config } : {}),
    ...sampling(ask, claude, refuse),
    ...stopSequences(ask, refuse),
    ...(isUserId(chat.user) ? { metadata: { user_id: chat.user } } : {}),
    ...serviceTier(ask, refuse),
    ...(chat.stream ? { stream: true } : {}),
    ...ownParameters(ask),
  };
  return { body, usesJsonTool: jsonTool !== undefined };
}

/** Beside the client's own tools the answer may be a call of one of them; never plain text. */
function forceJson(chosen: Json | undefined, tools: Json[]): Json {
  if (tools.length === 1 || chosen?.type === 'none') return { type: 'tool', name: jsonToolName };
  return chosen?.type === 'tool' ? chosen : { ...chosen, type: 'any' };
}

/** `claude` is null for another model, that takes all of them. */
export function sampling({ chat }: Ask, claude: ClaudeModel | null, refuse: Refuse): Json {
  const given: Json = {};
  for (const name of ['temperature', 'top_p', 'top_k'] as const) {
    const value = chat[name];
    if (value == null) continue;
    // 1 is what the newer models sample with, and all that they take.
    if (claude?.hasSampling !== false || (name !== 'top_k' && value === 1)) given[name] = value;
    else refuse(name, 'for this model');
  }
  if (claude && typeof given.temperature === 'number' && given.temperature > 1) {
    refuse('temperature', 'above 1');
    delete given.temperature;
  }
  return given;
}

export function stopSequences({ chat }: Ask, refuse: Refuse): Json {
  const given = (Array.isArray(chat.stop) ? chat.stop : [chat.stop]).filter((each) => each != null);
  const sequences = given.filter((each) => typeof each === 'string' && each.trim() !== '');
  if (sequences.length < given.length) refuse('stop', 'of white space only');
  return sequences.length > 0 ? { stop_sequences: sequences } : {};
}

/** Anthropic wants no names, addresses or numbers of persons there, and refuses some of them. */
function isUserId(user: unknown): user is string {
  return typeof user === 'string' && user !== '' && !/@|^\+?[\d\s()-]{7,}$/.test(user);
}

const serviceTiers: Record<string, string> = {
  auto: 'auto',
  default: 'standard_only',
  standard_only: 'standard_only',
};

function serviceTier({ chat: { service_tier: tier } }: Ask, refuse: Refuse): Json {
  if (tier == null) return {};
  const theirs = serviceTiers[String(tier)];
  if (theirs === undefined) refuse('service_tier', `with the value ${String(tier).slice(0, 64)}`);
  return theirs === undefined ? {} : { service_tier: theirs };
}

/** Parameters of Anthropic's own (`mcp_servers`, `context_management`), for it to judge. */
function ownParameters({ chat }: Ask): Json {
  return Object.fromEntries(
    Object.entries(chat).filter(
      ([name, value]) =>
        value != null &&
        name !== 'model' &&
        !translated.has(name) &&
        !unknownToAnthropic.includes(name),
    ),
  );
}
