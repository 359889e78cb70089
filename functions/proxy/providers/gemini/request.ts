import type { Ask } from '../adapter.ts';
import { isObject, type Json } from '../json.ts';
import { type Refuse, refuseFor, refuseParameters } from '../unsupported.ts';
import { translateMessages } from './contents.ts';
import type { Dialect } from './dialect.ts';
import { geminiModel } from './gemini-models.ts';
import { buildGenerationConfig } from './generation.ts';
import { translateToolChoice, translateTools } from './tools.ts';

/** OpenAI's parameters that are read; any other that is not refused is Gemini's own. */
const translated = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'top_k',
  'n',
  'seed',
  'stop',
  'presence_penalty',
  'frequency_penalty',
  'logprobs',
  'top_logprobs',
  'response_format',
  'modalities',
  'reasoning_effort',
  'thinking',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'web_search_options',
  'service_tier',
  'generationConfig',
  'generation_config',
  // Hints that change nothing in the answer: OpenAI's names of users, stored completions and cache.
  'user',
  'metadata',
  'prompt_cache_key',
  'prompt_cache_retention',
  'safety_identifier',
]);

const unknownToGemini = [
  'logit_bias',
  'audio',
  'prediction',
  'verbosity',
  'functions',
  'function_call',
  'store',
];

/** OpenAI's chat request as the body of Gemini's `generateContent`. */
export function buildContentRequest(ask: Ask, dialect: Dialect): Json {
  const refuse = refuseFor(dialect.provider, ask);
  const model = geminiModel(ask.model);
  refuseParameters(unknownToGemini, ask, refuse);
  const tools = translateTools(ask, refuse);
  const toolConfig = translateToolChoice(ask, refuse);
  const generationConfig = buildGenerationConfig(ask, model, refuse);
  return {
    ...translateMessages(ask, dialect, model, refuse),
    ...(tools.length > 0 ? { tools } : {}),
    ...(toolConfig === undefined ? {} : { toolConfig }),
    ...(Object.keys(generationConfig).length > 0 ? { generationConfig } : {}),
    ...serviceTier(ask, dialect, refuse),
    ...ownParameters(ask),
  };
}

/** `auto` and `default` are what comes unasked. */
function serviceTier({ chat }: Ask, { hasServiceTier }: Dialect, refuse: Refuse): Json {
  const { service_tier: tier } = chat;
  if (tier == null || tier === 'auto' || tier === 'default') return {};
  if (hasServiceTier && (tier === 'flex' || tier === 'priority')) return { serviceTier: tier };
  refuse('service_tier', `with the value ${String(tier).slice(0, 64)}`);
  return {};
}

/** Parameters of Gemini's own (`safety_settings`, `cached_content`, `labels`), for it to judge. */
function ownParameters({ chat }: Ask): Json {
  return Object.fromEntries(
    Object.entries(chat).filter(
      ([name, value]) => value != null && !translated.has(name) && !unknownToGemini.includes(name),
    ),
  );
}

/** The method that answers an ask, with its query. */
export function methodOf({ chat }: Ask): string {
  return chat.stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
}

/** How many answers are asked for. */
export function candidatesAsked({ generationConfig }: Json): number {
  const asked = isObject(generationConfig) ? generationConfig.candidateCount : null;
  return typeof asked === 'number' && asked > 1 ? asked : 1;
}
