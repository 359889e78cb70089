import type { Ask } from '../adapter.ts';
import { sampling, stopSequences } from '../anthropic/request.ts';
import { shapeAnswer } from '../anthropic/response-format.ts';
import { isObject, type Json } from '../json.ts';
import { type Refuse, refuseFor, refuseParameters } from '../unsupported.ts';
import { translateMessages } from './messages.ts';
import type { ModelFamily } from './model-family.ts';
import { askToReason } from './reasoning.ts';
import { offerTools } from './tools.ts';

/** Members of Converse's own, which a client may send as they are. */
const converseMembers = [
  'guardrailConfig',
  'performanceConfig',
  'promptVariables',
  'requestMetadata',
  'additionalModelResponseFieldPaths',
];

/** OpenAI's parameters that are read below; any other that is not refused is the model's own. */
const translated = new Set([
  'model',
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
  'stop',
  'service_tier',
  'additionalModelRequestFields',
  // Hints that change nothing in the answer.
  'user',
  'metadata',
  'prompt_cache_key',
  'prompt_cache_retention',
  'safety_identifier',
]);

const unknownToConverse = [
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

export interface ConverseRequest {
  body: Json;
  /** Whether the answer comes as a call of the JSON tool. */
  usesJsonTool: boolean;
}

/** OpenAI's chat request as Bedrock's Converse. */
export function buildConverseRequest(
  ask: Ask,
  family: ModelFamily,
  guardrailConfig: Json | undefined,
): ConverseRequest {
  const { chat } = ask;
  const refuse = refuseFor('bedrock', ask);
  refuseParameters(unknownToConverse, ask, refuse);
  const { fields, effort, maxTokens, isThinking } = askToReason(ask, family, refuse);
  const { format, jsonTool = null } = shapeAnswer(ask, family, refuse);
  const { system, messages } = translateMessages(ask, refuse);
  const { toolConfig, ofClaude } = offerTools(ask, family, { jsonTool, isThinking }, refuse);
  const { temperature, top_p, top_k } = sampling(ask, family.claude, refuse);
  const { stop_sequences } = stopSequences(ask, refuse);
  const outputConfig = {
    ...(format ? { textFormat: textFormat(format, chat.response_format) } : {}),
    ...(effort === undefined ? {} : { effort }),
  };
  const inferenceConfig = {
    ...(maxTokens === null ? {} : { maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(top_p === undefined ? {} : { topP: top_p }),
    ...(stop_sequences ? { stopSequences: stop_sequences } : {}),
  };
  const additionalModelRequestFields = {
    ...ownParameters(ask),
    ...topK(top_k, family),
    ...fields,
    ...ofClaude,
    ...betas(ask, family),
  };
  const body: Json = {
    messages,
    ...filled({ system, inferenceConfig, toolConfig, additionalModelRequestFields, outputConfig }),
    ...(guardrailConfig === undefined ? {} : { guardrailConfig }),
    ...Object.fromEntries(
      converseMembers.filter((name) => chat[name] != null).map((name) => [name, chat[name]]),
    ),
    ...serviceTier(ask, refuse),
  };
  return { body, usesJsonTool: jsonTool !== null };
}

/** Those members that have anything in them. */
function filled(members: Json): Json {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => Object.keys(value ?? {}).length > 0),
  );
}

function textFormat(format: Json, asked: unknown): Json {
  const { name, description } =
    isObject(asked) && isObject(asked.json_schema) ? asked.json_schema : {};
  return {
    type: 'json_schema',
    structure: {
      jsonSchema: {
        schema: JSON.stringify(format.schema),
        ...(typeof name === 'string' ? { name } : {}),
        ...(typeof description === 'string' ? { description } : {}),
      },
    },
  };
}

function topK(value: unknown, family: ModelFamily): Json {
  if (value === undefined) return {};
  return family.topK === 'inferenceConfig'
    ? { inferenceConfig: { topK: value } }
    : { [family.topK]: value };
}

/** A client asks Claude for what is in beta by a header, as it does at Anthropic. */
function betas({ clientHeaders }: Ask, { claude }: ModelFamily): Json {
  const asked = clientHeaders['anthropic-beta'];
  if (claude === null || asked === undefined) return {};
  return { anthropic_beta: [asked].flat().flatMap((each) => each.split(/\s*,\s*/)) };
}

const serviceTiers = new Set(['default', 'flex', 'priority', 'reserved']);

function serviceTier({ chat: { service_tier: tier } }: Ask, refuse: Refuse): Json {
  if (tier == null || tier === 'auto') return {};
  if (serviceTiers.has(String(tier))) return { serviceTier: { type: tier } };
  refuse('service_tier', `with the value ${String(tier).slice(0, 64)}`);
  return {};
}

/** Parameters of the model's own (`top_a`, `anthropic_version`), for it to judge. */
function ownParameters({ chat }: Ask): Json {
  const { additionalModelRequestFields: given } = chat;
  const own = Object.entries(chat).filter(
    ([name, value]) =>
      value != null &&
      !translated.has(name) &&
      !unknownToConverse.includes(name) &&
      !converseMembers.includes(name),
  );
  return { ...Object.fromEntries(own), ...(isObject(given) ? given : {}) };
}
