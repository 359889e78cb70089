import type { Ask } from '../adapter.ts';
import { isObject, type Json } from '../json.ts';
import type { Refuse } from '../unsupported.ts';

const webSearches = new Set(['web_search', 'web_search_preview']);

/**
 * OpenAI's functions as Gemini's declarations, their schemas as they are: Gemini passes over what
 * it does not know in a `parametersJsonSchema`, and refuses it in its older `parameters`. Tools of
 * Gemini's own go under their name: `{"type": "googleSearch"}`.
 */
export function translateTools({ chat }: Ask, refuse: Refuse): Json[] {
  const functionDeclarations: Json[] = [];
  const own: Json[] = [];
  for (const [index, tool] of (chat.tools ?? []).entries()) {
    const { type, ...more }: Json = tool;
    if (type === 'function') functionDeclarations.push(declare(more.function));
    else if (type === 'custom') refuse(`tools[${index}].type`, 'custom');
    else if (webSearches.has(String(type))) own.push({ googleSearch: {} });
    else own.push(Object.keys(more).length > 0 ? more : { [String(type)]: {} });
  }
  if (chat.web_search_options != null && !own.some((tool) => tool.googleSearch)) {
    own.push({ googleSearch: {} });
  }
  return [...(functionDeclarations.length > 0 ? [{ functionDeclarations }] : []), ...own];
}

function declare(given: unknown): Json {
  const { name, description, parameters } = isObject(given) ? given : {};
  return {
    name,
    ...(description == null ? {} : { description }),
    ...(isObject(parameters) && !takesNothing(parameters)
      ? { parametersJsonSchema: parameters }
      : {}),
  };
}

const ofEmptyObject = new Set(['$schema', 'type', 'properties', 'required', 'title', 'strict']);

/** Gemini refuses an object without properties; a function without parameters has no schema. */
function takesNothing({ properties, additionalProperties: open, ...more }: Json): boolean {
  const isEmpty = !isObject(properties) || Object.keys(properties).length === 0;
  const isClosed = open === undefined || open === false;
  return isEmpty && isClosed && Object.keys(more).every((name) => ofEmptyObject.has(name));
}

const modes: Record<string, string> = { auto: 'AUTO', none: 'NONE', required: 'ANY' };

/** `toolConfig` for `tool_choice`. Undefined: as Gemini likes. */
export function translateToolChoice({ chat }: Ask, refuse: Refuse): Json | undefined {
  const { tool_choice: choice, tools, parallel_tool_calls: parallel } = chat;
  if (parallel === false && tools && tools.length > 1) refuse('parallel_tool_calls', 'of false');
  if (choice == null || !tools?.length) return undefined;
  const config = chooseFunctions(choice);
  if (config === null) refuse('tool_choice', 'in this form');
  return config === null ? undefined : { functionCallingConfig: config };
}

function chooseFunctions(choice: unknown): Json | null {
  if (typeof choice === 'string') return modes[choice] ? { mode: modes[choice] } : null;
  if (!isObject(choice)) return null;
  const { type, function: called, allowed_tools: allowed } = choice;
  if (type === 'function' && isObject(called)) {
    return { mode: 'ANY', allowedFunctionNames: [called.name] };
  }
  if (type === 'allowed_tools' && isObject(allowed) && Array.isArray(allowed.tools)) {
    const names = allowed.tools.map((tool) =>
      isObject(tool) && isObject(tool.function) ? tool.function.name : undefined,
    );
    // Only these two modes take names; the latter lets it answer in words as well.
    const mode = allowed.mode === 'required' ? 'ANY' : 'VALIDATED';
    return { mode, allowedFunctionNames: names.filter((name) => name !== undefined) };
  }
  return null;
}
