import { GatewayError } from '../../../_shared/errors.ts';
import type { ChatRequest } from '../../chat-request.ts';
import type { Ask } from '../adapter.ts';
import { isObject, type Json } from '../json.ts';
import type { Refuse } from '../unsupported.ts';
import { readCallId } from './call-id.ts';
import type { Dialect } from './dialect.ts';
import { functionCalls, signText } from './function-calls.ts';
import type { GeminiModel } from './gemini-models.ts';
import { translateParts } from './parts.ts';

type Message = ChatRequest['messages'][number];

interface Content {
  role: 'user' | 'model';
  parts: Json[];
}

export interface Conversation {
  systemInstruction?: { parts: Json[] };
  contents: Content[];
}

interface Translating {
  dialect: Dialect;
  model: GeminiModel;
  refuse: Refuse;
  /** The functions that have been called, by the ids of the calls. */
  called: Map<string, string>;
}

/**
 * OpenAI's messages as Gemini's contents: system prompts apart, wherever they stood; messages of
 * one role in a row as one, because the results of parallel calls have to come together, and
 * nothing else with them.
 */
export function translateMessages(
  { chat }: Ask,
  dialect: Dialect,
  model: GeminiModel,
  refuse: Refuse,
): Conversation {
  const system: Json[] = [];
  const contents: Content[] = [];
  let lastRole: Message['role'] | null = null;
  const context = { dialect, model, refuse, called: new Map<string, string>() };
  for (const [index, message] of chat.messages.entries()) {
    const place = `messages[${index}]`;
    if (message.role === 'system' || message.role === 'developer') {
      system.push(...translateParts(message.content, `${place}.content`, refuse));
      continue;
    }
    const turn = translateTurn(message, place, context);
    if (turn.parts.length === 0) continue;
    const last = contents.at(-1);
    if (last && lastRole === message.role) last.parts.push(...turn.parts);
    else contents.push(turn);
    lastRole = message.role;
  }
  // Gemini wants something to answer; OpenAI answers a system prompt alone.
  if (contents.length === 0) return { contents: [{ role: 'user', parts: system }] };
  return { ...(system.length > 0 ? { systemInstruction: { parts: system } } : {}), contents };
}

function translateTurn(message: Message, place: string, context: Translating): Content {
  const { refuse, dialect, model, called } = context;
  if (message.role === 'function') {
    refuse(`${place}.role`, 'function');
    return { role: 'user', parts: [] };
  }
  const parts = translateParts(message.content, `${place}.content`, refuse);
  if (message.role === 'tool') {
    return { role: 'user', parts: functionResponse(message, parts, place, context) };
  }
  if (message.role === 'user') return { role: 'user', parts };
  if (message.function_call != null) refuse(`${place}.function_call`);
  const calls = functionCalls(message.tool_calls, place, dialect, model);
  for (const { id, name } of calls) called.set(id, name);
  signText(parts, message.extra_content);
  return { role: 'model', parts: [...parts, ...calls.map(({ part }) => part)] };
}

/** Gemini knows a result by its function's name; what is not text in it stands beside it. */
function functionResponse(
  message: Message,
  parts: Json[],
  place: string,
  { called, dialect }: Translating,
): Json[] {
  const { id } = readCallId(message.tool_call_id);
  const name = called.get(id) ?? message.name;
  if (typeof name !== 'string' || name === '') {
    const param = `${place}.tool_call_id`;
    throw new GatewayError(
      'invalid_request',
      `Invalid '${param}': no tool call before it has this id.`,
      { param },
    );
  }
  const text = parts.flatMap((part) => (typeof part.text === 'string' ? [part.text] : [])).join('');
  const response = message.is_error === true ? { error: text } : responseOf(text);
  const functionResponse = { ...(dialect.hasCallIds ? { id } : {}), name, response };
  return [{ functionResponse }, ...parts.filter((part) => part.text === undefined)];
}

/** Gemini takes an object only. One that comes as JSON is told as such; other text is its `output`. */
function responseOf(text: string): Json {
  try {
    const parsed: unknown = JSON.parse(text);
    if (isObject(parsed)) return parsed;
  } catch {
    // It is text then.
  }
  return { output: text };
}
