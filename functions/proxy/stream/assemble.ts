import { addThinking, type ThinkingBlock } from './thinking-blocks.ts';

/** A chunk of OpenAI's chat stream, as far as we look into it. */
export interface ChatChunk {
  id?: unknown;
  created?: unknown;
  model?: unknown;
  choices?: unknown;
  usage?: unknown;
  error?: unknown;
  [name: string]: unknown;
}

interface Delta {
  role?: unknown;
  tool_calls?: unknown;
  thinking_blocks?: unknown;
  [name: string]: unknown;
}

interface ToolCall {
  id: string;
  type: string;
  function: { name: string; arguments: string };
}

interface Choice {
  texts: Map<string, string[]>;
  role: string;
  toolCalls: Map<number, ToolCall>;
  thinkingBlocks: ThinkingBlock[];
  finishReason: string | null;
}

/** Delta members that carry text, piece by piece. */
const textMembers = ['content', 'reasoning_content', 'reasoning', 'refusal'];

export type Assembler = ReturnType<typeof createAssembler>;

/**
 * Assembles a stream's chunks into the completion object that the same call would have given
 * without `stream`. `add` says whether the chunk held anything that a person would see.
 */
export function createAssembler() {
  const choices = new Map<number, Choice>();
  let head: ChatChunk | null = null;
  let usage: unknown = null;

  const choiceAt = (index: number): Choice => {
    let choice = choices.get(index);
    if (!choice) {
      choice = {
        texts: new Map(),
        role: 'assistant',
        toolCalls: new Map(),
        thinkingBlocks: [],
        finishReason: null,
      };
      choices.set(index, choice);
    }
    return choice;
  };

  return {
    add(chunk: ChatChunk): boolean {
      // Azure's first chunk tells of its content filter and has an empty head.
      if (!head?.id) head = chunk;
      if (chunk.usage != null) usage = chunk.usage;
      if (!Array.isArray(chunk.choices)) return false;
      let visible = false;
      for (const given of chunk.choices) {
        if (typeof given !== 'object' || given === null) continue;
        const choice = choiceAt(typeof given.index === 'number' ? given.index : 0);
        if (typeof given.finish_reason === 'string') choice.finishReason = given.finish_reason;
        if (typeof given.delta === 'object' && given.delta !== null) {
          visible = addDelta(choice, given.delta) || visible;
        }
      }
      return visible;
    },
    get usage() {
      return usage;
    },
    /** True once every choice that began has said why it ended. */
    get finished() {
      return choices.size > 0 && [...choices.values()].every((choice) => choice.finishReason);
    },
    get finishReason(): string | null {
      return choices.get(0)?.finishReason ?? null;
    },
    /** The text of all choices, for counting. */
    text(): string {
      return [...choices.values()].map(textOf).join('');
    },
    /** Null before the first chunk. */
    completion(): Record<string, unknown> | null {
      if (head === null) return null;
      const { id, created, model, system_fingerprint, service_tier } = head;
      return {
        id,
        object: 'chat.completion',
        created,
        model,
        system_fingerprint,
        service_tier,
        choices: [...choices]
          .sort(([a], [b]) => a - b)
          .map(([index, choice]) => ({
            index,
            message: messageOf(choice),
            finish_reason: choice.finishReason,
          })),
        usage,
      };
    },
  };
}

function addDelta(choice: Choice, delta: Delta): boolean {
  let visible = false;
  if (typeof delta.role === 'string') choice.role = delta.role;
  for (const member of textMembers) {
    const piece = delta[member];
    if (typeof piece !== 'string' || piece === '') continue;
    const pieces = choice.texts.get(member);
    if (pieces) pieces.push(piece);
    else choice.texts.set(member, [piece]);
    visible = true;
  }
  if (Array.isArray(delta.thinking_blocks)) {
    for (const piece of delta.thinking_blocks) addThinking(choice.thinkingBlocks, piece);
  }
  if (Array.isArray(delta.tool_calls)) {
    for (const piece of delta.tool_calls) addToolCall(choice, piece);
    visible = true;
  }
  return visible;
}

/** Tool calls come by `index`: the first piece has id and name, the rest add to the arguments. */
function addToolCall(choice: Choice, piece: unknown): void {
  if (typeof piece !== 'object' || piece === null) return;
  const given = piece as Partial<ToolCall> & { index?: unknown };
  const index = typeof given.index === 'number' ? given.index : choice.toolCalls.size;
  let call = choice.toolCalls.get(index);
  if (!call) {
    call = { id: '', type: 'function', function: { name: '', arguments: '' } };
    choice.toolCalls.set(index, call);
  }
  if (typeof given.id === 'string') call.id ||= given.id;
  if (typeof given.function?.name === 'string') call.function.name += given.function.name;
  if (typeof given.function?.arguments === 'string') {
    call.function.arguments += given.function.arguments;
  }
}

function messageOf(choice: Choice): Record<string, unknown> {
  const message: Record<string, unknown> = { role: choice.role, content: null };
  for (const [member, pieces] of choice.texts) message[member] = pieces.join('');
  if (choice.thinkingBlocks.length > 0) message.thinking_blocks = choice.thinkingBlocks;
  if (choice.toolCalls.size > 0) {
    message.tool_calls = [...choice.toolCalls].sort(([a], [b]) => a - b).map(([, call]) => call);
  }
  return message;
}

function textOf(choice: Choice): string {
  const tools = [...choice.toolCalls.values()].map((call) => call.function);
  return [
    ...[...choice.texts.values()].flat(),
    ...tools.flatMap((tool) => [tool.name, tool.arguments]),
  ].join('');
}
