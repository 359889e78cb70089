import { GatewayError } from '../../../_shared/errors.ts';
import type { Tokens } from '../../../_shared/units.ts';
import type { ChatChunk } from '../../stream/assemble.ts';
import type { ChunkReader } from '../adapter.ts';
import { readDataEvents } from '../data-events.ts';
import { isObject, type Json } from '../json.ts';
import { createChunkMaker } from '../openai-answer.ts';
import { asUpstreamFailure } from '../openai-error.ts';
import { finishReason } from './completion.ts';
import { readFailure } from './failure.ts';
import { jsonToolName } from './response-format.ts';
import { readMessagesUsage } from './usage.ts';

interface Block {
  kind: 'tool' | 'json' | 'other';
  /** Of a tool: its place among the answer's calls. */
  index: number;
  /** Whether any of its input has come. */
  hasInput: boolean;
}

/**
 * Anthropic's events as OpenAI's chunks. Nothing is told before there is something to tell, so
 * that an error right after `message_start` can still be answered as one. Events and blocks that
 * are not known are passed over: Anthropic adds new ones as it likes.
 */
export function createMessagesReader(usesJsonTool: boolean): ChunkReader {
  const maker = createChunkMaker();
  const events = readDataEvents();
  const blocks = new Map<unknown, Block>();
  let toolCalls = 0;
  let stopReason: unknown = null;
  let tokens: Tokens | null = null;
  let done = false;

  function begin(index: unknown, given: Json): ChatChunk[] {
    const isJson = usesJsonTool && given.name === jsonToolName;
    const isTool = given.type === 'tool_use' && !isJson;
    const kind = isTool ? 'tool' : given.type === 'tool_use' ? 'json' : 'other';
    blocks.set(index, { kind, index: isTool ? toolCalls++ : -1, hasInput: false });
    if (isTool) {
      const call = { id: String(given.id), name: String(given.name), arguments: '' };
      return [maker.toolCall(toolCalls - 1, call)];
    }
    if (given.type === 'redacted_thinking') {
      return [maker.delta({ thinking_blocks: [{ type: given.type, data: given.data }] })];
    }
    const text = given.type === 'text' ? given.text : null;
    return typeof text === 'string' && text !== '' ? [maker.delta({ content: text })] : [];
  }

  function grow(block: Block | undefined, delta: Json): ChatChunk[] {
    switch (delta.type) {
      case 'text_delta':
        return [maker.delta({ content: delta.text })];
      case 'thinking_delta':
        return [
          maker.delta({
            reasoning_content: delta.thinking,
            thinking_blocks: [{ type: 'thinking', thinking: delta.thinking }],
          }),
        ];
      case 'signature_delta': {
        const { signature } = delta;
        return [maker.delta({ thinking_blocks: [{ type: 'thinking', thinking: '', signature }] })];
      }
      case 'input_json_delta': {
        const piece = String(delta.partial_json ?? '');
        if (!block || block.kind === 'other' || piece === '') return [];
        block.hasInput = true;
        const isTool = block.kind === 'tool';
        return [isTool ? maker.toolArguments(block.index, piece) : maker.delta({ content: piece })];
      }
      default:
        return [];
    }
  }

  /** A call without arguments comes without input; clients parse what they get, so it is `{}`. */
  function end(block: Block | undefined): ChatChunk[] {
    if (block?.kind !== 'tool' || block.hasInput) return [];
    return [maker.toolArguments(block.index, '{}')];
  }

  function translate(event: Json): ChatChunk[] {
    switch (event.type) {
      case 'message_start': {
        const message = isObject(event.message) ? event.message : {};
        maker.setId(typeof message.id === 'string' ? message.id : '');
        tokens = readMessagesUsage(message.usage);
        return [];
      }
      case 'content_block_start':
        return begin(event.index, isObject(event.content_block) ? event.content_block : {});
      case 'content_block_delta':
        return grow(blocks.get(event.index), isObject(event.delta) ? event.delta : {});
      case 'content_block_stop':
        return end(blocks.get(event.index));
      case 'message_delta':
        if (isObject(event.delta)) stopReason = event.delta.stop_reason ?? stopReason;
        tokens = readMessagesUsage(event.usage, tokens);
        return [];
      case 'message_stop': {
        done = true;
        const finish = maker.finish(finishReason(stopReason, toolCalls > 0));
        return tokens ? [finish, maker.usage(tokens)] : [finish];
      }
      case 'error':
        throw inStream(event);
      default:
        return [];
    }
  }

  return {
    push: (bytes) => events(bytes).flatMap((event) => (done ? [] : translate(event))),
    get done() {
      return done;
    },
  };
}

function inStream(event: Json): GatewayError {
  const failure = readFailure(event);
  return failure
    ? asUpstreamFailure(failure, 'upstream_interrupted')
    : new GatewayError('upstream_interrupted', 'The upstream reported an error in its stream.');
}
