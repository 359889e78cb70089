import { GatewayError } from '../../../_shared/errors.ts';
import { isObject, type Json } from '../../providers/json.ts';
import type { CountRequest } from './request.ts';

type Content = CountRequest['messages'][number]['content'];

/** Anthropic's system prompt and messages as those of a chat. */
export function toMessages({
  system,
  messages,
}: Pick<CountRequest, 'system' | 'messages'>): Json[] {
  const chat: Json[] = [];
  if (system != null && system.length > 0) {
    chat.push({ role: 'system', content: contentOf(system, 'system') });
  }
  for (const [index, { role, content }] of messages.entries()) {
    const place = `messages.${index}.content`;
    if (role === 'assistant') chat.push(assistant(content, place));
    else if (role === 'user') chat.push(...user(content, place));
    else chat.push({ role, content: contentOf(content, place) });
  }
  return chat;
}

/** Results of tools stand in a user's message; in a chat they come before what the user says. */
function user(content: Content, place: string): Json[] {
  if (typeof content === 'string') return [{ role: 'user', content }];
  const results = content.flatMap((block: Json, index): Json[] => {
    if (block.type !== 'tool_result') return [];
    const given = (block.content ?? '') as Content;
    const told = contentOf(given, `${place}.${index}.content`);
    return [{ role: 'tool', tool_call_id: block.tool_use_id, content: told }];
  });
  const said = content.filter(({ type }) => type !== 'tool_result');
  return said.length > 0
    ? [...results, { role: 'user', content: contentOf(said, place) }]
    : results;
}

function assistant(content: Content, place: string): Json {
  if (typeof content === 'string') return { role: 'assistant', content };
  const texts: string[] = [];
  const calls: Json[] = [];
  const thoughts: Json[] = [];
  for (const [index, block] of content.entries()) {
    if (block.type === 'text') texts.push(String(block.text ?? ''));
    else if (block.type === 'thinking' || block.type === 'redacted_thinking') thoughts.push(block);
    else if (block.type === 'tool_use') {
      const called = { name: block.name, arguments: JSON.stringify(block.input ?? {}) };
      calls.push({ id: block.id, type: 'function', function: called });
    } else throw unsupported(`${place}.${index}`, block.type);
  }
  return {
    role: 'assistant',
    content: texts.length > 0 ? texts.join('') : null,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...(thoughts.length > 0 ? { thinking_blocks: thoughts } : {}),
  };
}

/** What is text alone is told as a string: of the system and of tools many providers take no more. */
function contentOf(content: Content, place: string): unknown {
  if (typeof content === 'string') return content;
  const parts = content.map((block, index) => partOf(block, `${place}.${index}`));
  const isText = parts.every(({ type, cache_control }) => type === 'text' && !cache_control);
  return isText ? parts.map(({ text }) => text).join('\n') : parts;
}

function partOf(block: Json, place: string): Json {
  const mark = block.cache_control == null ? {} : { cache_control: block.cache_control };
  if (block.type === 'text') return { type: 'text', text: block.text, ...mark };
  const source = isObject(block.source) ? block.source : {};
  const url = urlOf(source);
  if (block.type === 'image' && url) return { type: 'image_url', image_url: { url }, ...mark };
  if (block.type === 'document' && source.type === 'text') {
    return { type: 'text', text: source.data, ...mark };
  }
  if (block.type === 'document' && source.type === 'base64') {
    const filename = typeof block.title === 'string' ? block.title : 'document';
    return { type: 'file', file: { filename, file_data: url }, ...mark };
  }
  throw unsupported(place, block.type);
}

function urlOf({ type, url, media_type, data }: Json): string | null {
  if (type === 'url' && typeof url === 'string') return url;
  return type === 'base64' ? `data:${String(media_type)};base64,${String(data)}` : null;
}

function unsupported(param: string, type: unknown): GatewayError {
  return new GatewayError(
    'invalid_request',
    `${param}: content of type '${String(type).slice(0, 64)}' in this form is for models at Anthropic only.`,
    { param },
  );
}
