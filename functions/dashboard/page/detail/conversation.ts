export type Part =
  | { kind: 'text'; text: string }
  | { kind: 'reasoning'; text: string }
  | { kind: 'refusal'; text: string }
  | { kind: 'tool_call'; name: string; id: string; arguments: string }
  /** Something that is not text: an image, a sound, a file. */
  | { kind: 'other'; what: string };

export interface Turn {
  role: string;
  /** The tool call that a `tool` message answers, or a participant's name. */
  name: string;
  parts: Part[];
}

type Json = Record<string, unknown>;

/**
 * The turns of an OpenAI request and of its answer, for reading. Bodies are what clients and
 * providers sent, so nothing is taken for granted: what has no known shape is left to the raw view.
 */
export function readConversation(request: unknown, response: unknown): Turn[] {
  const turns: Turn[] = [];
  const { messages, prompt } = asObject(request);
  if (typeof prompt === 'string') turns.push({ role: 'user', name: '', parts: textOf(prompt) });
  for (const message of asArray(messages)) turns.push(turnOf(asObject(message)));
  for (const choice of asArray(asObject(response).choices)) {
    const { message, text } = asObject(choice);
    if (typeof text === 'string') {
      turns.push({ role: 'assistant', name: '', parts: textOf(text) });
    } else if (message !== undefined) {
      turns.push(turnOf({ role: 'assistant', ...asObject(message) }));
    }
  }
  return turns.filter(({ parts }) => parts.length > 0);
}

function turnOf(message: Json): Turn {
  const reasoning = message.reasoning_content ?? message.reasoning;
  return {
    role: typeof message.role === 'string' ? message.role : 'unknown',
    name: stringOf(message.name) || stringOf(message.tool_call_id),
    parts: [
      ...(typeof reasoning === 'string' && reasoning !== ''
        ? [{ kind: 'reasoning' as const, text: reasoning }]
        : []),
      ...partsOf(message.content),
      ...(typeof message.refusal === 'string' && message.refusal !== ''
        ? [{ kind: 'refusal' as const, text: message.refusal }]
        : []),
      ...asArray(message.tool_calls).map((call) => toolCallOf(asObject(call))),
    ],
  };
}

function partsOf(content: unknown): Part[] {
  if (typeof content === 'string') return textOf(content);
  return asArray(content).flatMap((item): Part[] => {
    const { type, text, refusal } = asObject(item);
    if (typeof text === 'string') return textOf(text);
    if (typeof refusal === 'string') return [{ kind: 'refusal', text: refusal }];
    return [{ kind: 'other', what: stringOf(type).replaceAll('_', ' ') || 'unknown part' }];
  });
}

function toolCallOf(call: Json): Part {
  const called = asObject(call.function);
  return {
    kind: 'tool_call',
    name: stringOf(called.name) || 'unnamed tool',
    id: stringOf(call.id),
    arguments: prettyJson(called.arguments),
  };
}

/** Tool arguments come as JSON in a string; what is no JSON is shown as it came. */
function prettyJson(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value, null, 2) ?? '';
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}

const textOf = (text: string): Part[] => (text === '' ? [] : [{ kind: 'text', text }]);
const asArray = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const asObject = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? (value as Json) : {};
