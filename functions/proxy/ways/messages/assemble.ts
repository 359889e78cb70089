import { isObject, type Json } from '../../providers/json.ts';

/** The members of a block that grow by a delta, by the delta's type. */
const growing: Record<string, [member: string, piece: string]> = {
  text_delta: ['text', 'text'],
  thinking_delta: ['thinking', 'thinking'],
  signature_delta: ['signature', 'signature'],
  input_json_delta: ['input', 'partial_json'],
};

interface Block {
  given: Json;
  pieces: Map<string, string[]>;
}

/** Puts Anthropic's events together to the message that the same call would have given at once. */
export function createMessageAssembler(model: string) {
  let head: Json | null = null;
  let end: Json = {};
  let usage: Json = {};
  const blocks = new Map<unknown, Block>();

  return {
    add(event: Json): void {
      if (event.type === 'message_start' && isObject(event.message)) {
        head = event.message;
        if (isObject(head.usage)) usage = head.usage;
      } else if (event.type === 'content_block_start' && isObject(event.content_block)) {
        blocks.set(event.index, { given: event.content_block, pieces: new Map() });
      } else if (event.type === 'content_block_delta' && isObject(event.delta)) {
        grow(blocks.get(event.index), event.delta);
      } else if (event.type === 'message_delta') {
        if (isObject(event.delta)) end = { ...end, ...event.delta };
        if (isObject(event.usage)) usage = { ...usage, ...event.usage };
      }
    },
    /** Null before the first event. */
    message: (): Json | null =>
      head && { ...head, model, content: [...blocks.values()].map(blockOf), ...end, usage },
    /** What was said, for counting. */
    text: () =>
      [...blocks.values()]
        .flatMap(({ pieces }) => [...pieces].filter(([member]) => member !== 'signature'))
        .flatMap(([, texts]) => texts)
        .join(''),
  };
}

function grow(block: Block | undefined, delta: Json): void {
  const [member, name] = growing[String(delta.type)] ?? [];
  const piece = name === undefined ? undefined : delta[name];
  if (!block || member === undefined || typeof piece !== 'string') return;
  const pieces = block.pieces.get(member);
  if (pieces) pieces.push(piece);
  else block.pieces.set(member, [piece]);
}

function blockOf({ given, pieces }: Block): Json {
  const block: Json = { ...given };
  for (const [member, texts] of pieces) {
    const text = texts.join('');
    block[member] = member === 'input' ? parseInput(text) : text;
  }
  return block;
}

/** A stream that was cut leaves half an input, which is told as the text that it is. */
function parseInput(text: string): unknown {
  try {
    return JSON.parse(text || '{}');
  } catch {
    return text;
  }
}
