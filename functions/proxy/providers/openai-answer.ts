import type { Tokens } from '../../_shared/units.ts';
import type { ChatChunk } from '../stream/assemble.ts';
import type { ThinkingBlock } from '../stream/thinking-blocks.ts';
import type { Completion } from './adapter.ts';
import { toOpenAiUsage } from './openai-usage.ts';

/** OpenAI's words for why an answer ended. */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';

export interface Said {
  /** Null where the model only called tools. */
  content: string | null;
  /** What it thought, as LiteLLM and DeepSeek tell it. */
  reasoning?: string;
  thinkingBlocks?: ThinkingBlock[];
  toolCalls?: { id: string; name: string; arguments: string }[];
  /** What OpenAI has no member for. */
  more?: object;
}

export interface Choice {
  said: Said;
  finishReason: FinishReason;
  /** In OpenAI's form. */
  logprobs?: object | null;
}

export interface Answered {
  id: string;
  said: Said;
  finishReason: FinishReason;
  tokens: Tokens | null;
}

const now = () => Math.floor(Date.now() / 1000);

/** One choice: most providers with a wire of their own are asked for no more. */
export function buildCompletion({ id, said, finishReason, tokens }: Answered): Completion {
  return buildChoices({ id, choices: [{ said, finishReason }], tokens });
}

export function buildChoices(given: {
  id: string;
  choices: Choice[];
  tokens: Tokens | null;
}): Completion {
  const { id, choices, tokens } = given;
  return {
    id,
    object: 'chat.completion',
    created: now(),
    choices: choices.map(({ said, finishReason, logprobs = null }, index) => ({
      index,
      message: messageOf(said),
      logprobs,
      finish_reason: finishReason,
    })),
    ...(tokens === null ? {} : { usage: toOpenAiUsage(tokens) }),
  };
}

function messageOf({ content, reasoning, thinkingBlocks = [], toolCalls = [], more }: Said) {
  return {
    role: 'assistant',
    content,
    refusal: null,
    ...(reasoning ? { reasoning_content: reasoning } : {}),
    ...(thinkingBlocks.length > 0 ? { thinking_blocks: thinkingBlocks } : {}),
    ...(toolCalls.length > 0
      ? {
          tool_calls: toolCalls.map(({ id, ...called }) => ({
            id,
            type: 'function',
            function: called,
          })),
        }
      : {}),
    ...more,
  };
}

/** Makes a stream's chunks, all of one head; the first says whose words they are. */
export function createChunkMaker() {
  const created = now();
  let id = '';
  const begun = new Set<number>();
  const make = (choices: object[], more: object = {}): ChatChunk => ({
    id,
    object: 'chat.completion.chunk',
    created,
    model: '',
    choices,
    ...more,
  });
  const choice = (
    delta: object,
    finish_reason: FinishReason | null,
    index = 0,
    logprobs: object | null = null,
  ): ChatChunk => {
    const given = begun.has(index) ? delta : { role: 'assistant', ...delta };
    begun.add(index);
    return make([{ index, delta: given, logprobs, finish_reason }]);
  };
  return {
    /** Before the first chunk. */
    setId(given: string) {
      id = given;
    },
    /** `at` is the choice that it is of, where there are several. */
    delta: (delta: object, at = 0, logprobs: object | null = null) =>
      choice(delta, null, at, logprobs),
    /** The first piece of a tool call, the `index`-th of the answer. */
    toolCall: (index: number, call: { id: string; name: string; arguments: string }, at = 0) =>
      choice(
        {
          tool_calls: [
            {
              index,
              id: call.id,
              type: 'function',
              function: { name: call.name, arguments: call.arguments },
            },
          ],
        },
        null,
        at,
      ),
    /** A further piece of its arguments. */
    toolArguments: (index: number, piece: string) =>
      choice({ tool_calls: [{ index, function: { arguments: piece } }] }, null),
    finish: (reason: FinishReason, at = 0) => choice({}, reason, at),
    usage: (tokens: Tokens) => make([], { usage: toOpenAiUsage(tokens) }),
  };
}
