import type { ChatRequest } from '../../chat-request.ts';
import type { Ask } from '../adapter.ts';
import { parseCallArguments } from '../call-arguments.ts';
import { isObject, type Json } from '../json.ts';
import type { Refuse } from '../unsupported.ts';
import { cacheMark } from './cache-mark.ts';
import { translateContent } from './content.ts';

type Message = ChatRequest['messages'][number];

interface Turn {
  role: 'user' | 'assistant';
  content: Json[];
}

export interface Conversation {
  system: Json[];
  messages: Turn[];
}

/**
 * OpenAI's messages as Anthropic's: system prompts apart, wherever they stood; tool results in the
 * user's turn; and messages of one side in a row as one turn, because the results of parallel
 * calls have to come together.
 */
export function translateMessages({ chat }: Ask, refuse: Refuse): Conversation {
  const system: Json[] = [];
  const messages: Turn[] = [];
  for (const [index, message] of chat.messages.entries()) {
    const place = `messages[${index}]`;
    if (message.role === 'system' || message.role === 'developer') {
      system.push(
        ...marked(translateContent(message.content, `${place}.content`, refuse), message),
      );
      continue;
    }
    const turn = translateTurn(message, place, refuse);
    if (turn === null) continue;
    const last = messages.at(-1);
    if (last?.role === turn.role) last.content.push(...turn.content);
    else messages.push(turn);
  }
  return { system, messages };
}

/** Null for a role that Anthropic does not have. */
function translateTurn(message: Message, place: string, refuse: Refuse): Turn | null {
  if (message.role === 'function') {
    refuse(`${place}.role`, 'function');
    return null;
  }
  const content = translateContent(message.content, `${place}.content`, refuse);
  if (message.role === 'tool') {
    const result: Json = {
      type: 'tool_result',
      tool_use_id: toolId(message.tool_call_id),
      ...(content.length > 0 ? { content } : {}),
      ...(message.is_error === true ? { is_error: true } : {}),
      ...cacheMark(message),
    };
    return { role: 'user', content: [result] };
  }
  if (message.role === 'user') return { role: 'user', content: marked(content, message) };
  if (message.function_call != null) refuse(`${place}.function_call`);
  const said = [...thoughtsOf(message), ...content, ...toolUses(message, place)];
  return { role: 'assistant', content: marked(said, message) };
}

/** Thoughts go back only with their signature, and before all else, or Anthropic refuses them. */
function thoughtsOf({ thinking_blocks: blocks }: Message): Json[] {
  if (!Array.isArray(blocks)) return [];
  return blocks
    .filter(isObject)
    .filter(
      ({ type, signature }) =>
        type === 'redacted_thinking' || (type === 'thinking' && typeof signature === 'string'),
    );
}

function toolUses({ tool_calls: calls }: Message, place: string): Json[] {
  if (!Array.isArray(calls)) return [];
  return calls.map((call: unknown, index) => {
    const called = isObject(call) && isObject(call.function) ? call.function : {};
    const where = `${place}.tool_calls[${index}]`;
    return {
      type: 'tool_use',
      id: toolId(isObject(call) ? call.id : undefined),
      name: called.name,
      input: parseCallArguments(called.arguments, `${where}.function.arguments`),
      ...(isObject(call) ? cacheMark(call, called) : {}),
    };
  });
}

/** Anthropic takes letters, digits, `_` and `-` only; a call that another provider made may have more. */
function toolId(id: unknown): string {
  return String(id ?? '').replace(/[^A-Za-z0-9_-]/g, '_');
}

/** A mark on a message is one on the last of its blocks. */
function marked(blocks: Json[], message: Message): Json[] {
  const last = blocks.at(-1);
  if (last) Object.assign(last, cacheMark(message));
  return blocks;
}
