import { hash } from 'node:crypto';
import type { ChatRequest } from '../../chat-request.ts';
import type { Ask } from '../adapter.ts';
import { parseCallArguments } from '../call-arguments.ts';
import { isObject, type Json } from '../json.ts';
import type { Refuse } from '../unsupported.ts';
import { cachePoint } from './cache-point.ts';
import { translateContent } from './content.ts';
import { createDocumentNames } from './media.ts';

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
 * OpenAI's messages as Converse's: system prompts apart, tool results in the user's turn, and
 * messages of one side in a row as one turn, because turns must alternate.
 */
export function translateMessages({ chat }: Ask, refuse: Refuse): Conversation {
  const system: Json[] = [];
  const messages: Turn[] = [];
  const name = createDocumentNames();
  for (const [index, message] of chat.messages.entries()) {
    const place = `messages[${index}]`;
    if (message.role === 'function') {
      refuse(`${place}.role`, 'function');
      continue;
    }
    const said = translateContent(message.content, `${place}.content`, refuse, name);
    if (message.role === 'system' || message.role === 'developer') {
      system.push(...marked(said, message));
      continue;
    }
    const { role, content } = turnOf(message, said, place, refuse);
    if (content.length === 0) continue;
    const last = messages.at(-1);
    if (last?.role === role) last.content.push(...content);
    else messages.push({ role, content });
  }
  return { system, messages };
}

function turnOf(message: Message, said: Json[], place: string, refuse: Refuse): Turn {
  if (message.role === 'user') return { role: 'user', content: marked(said, message) };
  if (message.role === 'tool') {
    const isPoint = (block: Json) => block.cachePoint !== undefined;
    const content = said.filter((block) => !isPoint(block));
    const toolResult = {
      toolUseId: toolId(message.tool_call_id),
      // Empty content is an error; an empty text in it is none.
      content: content.length > 0 ? content : [{ text: '' }],
      ...(message.is_error === true ? { status: 'error' } : {}),
    };
    // There is none inside of a result.
    const points = said.filter(isPoint).slice(-1);
    return { role: 'user', content: [{ toolResult }, ...points, ...cachePoint(message)] };
  }
  if (message.function_call != null) refuse(`${place}.function_call`);
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls : [];
  const uses = calls.map((call, index) => toolUse(call, `${place}.tool_calls[${index}]`));
  return {
    role: 'assistant',
    content: marked([...thoughtsOf(message), ...said, ...uses], message),
  };
}

/** A mark on a message is a point after the last of its blocks. */
function marked(blocks: Json[], message: Message): Json[] {
  return blocks.length > 0 ? [...blocks, ...cachePoint(message)] : blocks;
}

/** Thoughts go back only with their signature, and before all else, or the model refuses them. */
function thoughtsOf({ thinking_blocks: blocks }: Message): Json[] {
  if (!Array.isArray(blocks)) return [];
  return blocks.filter(isObject).flatMap(({ type, thinking, signature, data }): Json[] => {
    if (type === 'redacted_thinking') return [{ reasoningContent: { redactedContent: data } }];
    if (type !== 'thinking' || typeof signature !== 'string') return [];
    return [{ reasoningContent: { reasoningText: { text: thinking, signature } } }];
  });
}

function toolUse(call: unknown, place: string): Json {
  const called = isObject(call) && isObject(call.function) ? call.function : {};
  return {
    toolUse: {
      toolUseId: toolId(isObject(call) ? call.id : undefined),
      name: called.name,
      input: parseCallArguments(called.arguments, `${place}.function.arguments`),
    },
  };
}

/** Bedrock takes 64 letters, digits, `_` and `-`; a call that another provider made may have more. */
function toolId(id: unknown): string {
  const text = String(id ?? '');
  return text.length > 64 ? hash('sha256', text) : text.replace(/[^A-Za-z0-9_-]/g, '_');
}
