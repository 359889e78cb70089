import { storable } from './storable.ts';

/** A body's text in the list: long enough to recognise a call by, short enough for a row. */
const previewLength = 200;
/** Whitespace is folded, so a little more than that is looked at; never a megabyte. */
const lookLength = previewLength * 4;
const hasSurrogates = /[\ud800-\udfff]/;

/** The last user message of a chat request; '' where there is none. */
export function requestPreview(request: unknown): string {
  const messages = member(request, 'messages');
  if (!Array.isArray(messages)) return '';
  const last =
    messages.findLast((message) => member(message, 'role') === 'user') ?? messages.at(-1);
  return fold(contentText(member(last, 'content')));
}

/** The text of a chat completion's first choice, or what tools it calls. */
export function responsePreview(response: unknown): string {
  const choices = member(response, 'choices');
  const message = member(Array.isArray(choices) ? choices[0] : null, 'message');
  const text = contentText(member(message, 'content'));
  if (text) return fold(text);
  const calls = member(message, 'tool_calls');
  if (!Array.isArray(calls)) return '';
  return fold(
    calls
      .map((call) => member(call, 'function'))
      .map((call) => `${member(call, 'name')}(${member(call, 'arguments')})`)
      .join(', '),
  );
}

function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part) => {
      const text = member(part, 'text');
      return typeof text === 'string' ? text : `[${member(part, 'type') ?? 'part'}]`;
    })
    .join(' ');
}

function fold(text: string): string {
  const folded = storable(text.slice(0, lookLength)).replace(/\s+/g, ' ').trim();
  if (folded.length <= previewLength) return folded;
  if (!hasSurrogates.test(folded)) return `${folded.slice(0, previewLength - 1)}…`;
  // A character takes up to two code units; one more tells whether that is all.
  const characters = [...folded.slice(0, previewLength * 2 + 1)];
  if (characters.length <= previewLength) return folded;
  return `${characters.slice(0, previewLength - 1).join('')}…`;
}

function member(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null;
  return isObject ? (value as Record<string, unknown>)[name] : undefined;
}
