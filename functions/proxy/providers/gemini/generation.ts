import type { Ask } from '../adapter.ts';
import { isObject, type Json } from '../json.ts';
import type { Refuse } from '../unsupported.ts';
import type { GeminiModel } from './gemini-models.ts';
import { askToThink } from './thinking.ts';

/** OpenAI's parameters that go as they are, by Gemini's names. */
const renamed: Record<string, string> = {
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  seed: 'seed',
};
const penalties: Record<string, string> = {
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
};

/** How an answer is to be made: Gemini's `generationConfig`. A client's own wins. */
export function buildGenerationConfig(ask: Ask, model: GeminiModel, refuse: Refuse): Json {
  const { chat } = ask;
  const config: Json = {};
  for (const [name, theirs] of Object.entries(renamed)) {
    if (chat[name] != null) config[theirs] = chat[name];
  }
  for (const [name, theirs] of Object.entries(penalties)) {
    const value = chat[name];
    if (value == null || value === 0) continue;
    if (model.hasPenalties) config[theirs] = value;
    else refuse(name, 'for this model');
  }
  const limit = chat.max_completion_tokens ?? chat.max_tokens;
  if (limit != null) config.maxOutputTokens = limit;
  const stops = [chat.stop].flat().filter((each) => typeof each === 'string' && each !== '');
  if (stops.length > 0) config.stopSequences = stops;
  if (chat.n != null && chat.n > 1) config.candidateCount = chat.n;
  if (chat.logprobs === true) {
    config.responseLogprobs = true;
    if (typeof chat.top_logprobs === 'number' && chat.top_logprobs > 0) {
      config.logprobs = chat.top_logprobs;
    }
  }
  const thinkingConfig = askToThink(ask, model, refuse);
  return {
    ...config,
    ...answerFormat(ask, model, refuse),
    ...modalities(ask, refuse),
    ...(thinkingConfig === undefined ? {} : { thinkingConfig }),
    ...[chat.generationConfig, chat.generation_config].find(isObject),
  };
}

/** `response_format`. The schema goes as it is: Gemini reads JSON Schema itself. */
function answerFormat({ chat }: Ask, model: GeminiModel, refuse: Refuse): Json {
  const given = chat.response_format;
  if (given == null || (isObject(given) && given.type === 'text')) return {};
  const schema = isObject(given) && isObject(given.json_schema) ? given.json_schema.schema : null;
  if (!isObject(given) || !/^json_(object|schema)$/.test(String(given.type))) {
    refuse('response_format', 'in this form');
    return {};
  }
  if (chat.tools?.length && !model.hasJsonBesideTools) {
    refuse('response_format', 'beside tools for this model');
    return {};
  }
  return {
    responseMimeType: 'application/json',
    ...(isObject(schema) ? { responseJsonSchema: schema } : {}),
  };
}

function modalities({ chat }: Ask, refuse: Refuse): Json {
  const { modalities: given } = chat;
  if (!Array.isArray(given) || given.every((each) => each === 'text')) return {};
  const known = given.filter((each) => each === 'text' || each === 'image');
  if (known.length < given.length) refuse('modalities', 'other than text and image');
  return known.length > 0 ? { responseModalities: known.map((each) => each.toUpperCase()) } : {};
}
