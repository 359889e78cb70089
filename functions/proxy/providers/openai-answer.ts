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
}

export interface Answered {
  id: string;
  said: Said;
  finishReason: FinishReason;
  tokens: Tokens | null;
}

const now = () => Math.floor(Date.now() / 1000);

/** One choice: no provider with a wire of its own is asked for more. */
export function buildCompletion({ id, said, finishReason, tokens }: Answered): Completion {
  const { content, reasoning, thinkingBlocks = [], toolCalls = [] } = said;
  const message = {
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
  };
  return {
    id,
    object: 'chat.completion',
    created: now(),
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason }],
    ...(tokens === null ? {} : { usage: toOpenAiUsage(tokens) }),
  };
}

/** Makes a stream's chunks, all of one head; the first says whose words they are. */
export function createChunkMaker() {
  const created = now();
  let id = '';
  let begun = false;
  const make = (choices: object[], more: object = {}): ChatChunk => ({
    id,
    object: 'chat.completion.chunk',
    created,
    model: '',
    choices,
    ...more,
  });
  const choice = (delta: object, finish_reason: FinishReason | null): ChatChunk => {
    const given = begun ? delta : { role: 'assistant', ...delta };
    begun = true;
    return make([{ index: 0, delta: given, logprobs: null, finish_reason }]);
  };
  return {
    /** Before the first chunk. */
    setId(given: string) {
      id = given;
    },
    delta: (delta: object) => choice(delta, null),
    /** The first piece of a tool call, the `index`-th of the answer. */
    toolCall: (index: number, call: { id: string; name: string; arguments: string }) =>
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
      ),
    /** A further piece of its arguments. */
    toolArguments: (index: number, piece: string) =>
      choice({ tool_calls: [{ index, function: { arguments: piece } }] }, null),
    finish: (reason: FinishReason) => choice({}, reason),
    usage: (tokens: Tokens) => make([], { usage: toOpenAiUsage(tokens) }),
  };
}
