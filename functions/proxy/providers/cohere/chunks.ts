import type { ChatChunk } from '../../stream/assemble.ts';
import type { ChunkReader } from '../adapter.ts';
import { readDataEvents } from '../data-events.ts';
import { isObject, type Json } from '../json.ts';
import { createChunkMaker } from '../openai-answer.ts';
import { finishReason } from './completion.ts';
import { readLogprobs } from './logprobs.ts';
import { readChatUsage } from './usage.ts';

interface ToolCall {
  /** Its place among the answer's calls. */
  index: number;
  /** Whether any of its arguments have come. */
  hasArguments: boolean;
}

/**
 * Cohere's events as OpenAI's chunks. Events that are not known (citations, debugging) are passed
 * over.
 */
export function createChatReader(): ChunkReader {
  const maker = createChunkMaker();
  const events = readDataEvents();
  const calls = new Map<unknown, ToolCall>();
  let done = false;

  const reason = (text: unknown): ChatChunk[] =>
    typeof text === 'string' && text !== '' ? [maker.delta({ reasoning_content: text })] : [];

  function say(event: Json, { content }: Json): ChatChunk[] {
    if (!isObject(content)) return [];
    const { text, thinking } = content;
    if (typeof text !== 'string' || text === '') return reason(thinking);
    return [maker.delta({ content: text }, 0, readLogprobs(event.logprobs))];
  }

  function callTool(event: Json, { tool_calls }: Json): ChatChunk[] {
    const [given] = [tool_calls].flat();
    if (!isObject(given)) return [];
    const called = isObject(given.function) ? given.function : {};
    const piece = typeof called.arguments === 'string' ? called.arguments : '';
    const known = calls.get(event.index);
    if (event.type === 'tool-call-start') {
      const call = { index: calls.size, hasArguments: piece !== '' };
      calls.set(event.index, call);
      const made = { id: String(given.id), name: String(called.name), arguments: piece };
      return [maker.toolCall(call.index, made)];
    }
    if (!known || piece === '') return [];
    known.hasArguments = true;
    return [maker.toolArguments(known.index, piece)];
  }

  function translate(event: Json): ChatChunk[] {
    const delta = isObject(event.delta) ? event.delta : {};
    const message = isObject(delta.message) ? delta.message : {};
    switch (event.type) {
      case 'message-start':
        maker.setId(typeof event.id === 'string' ? event.id : '');
        return [];
      case 'content-start':
      case 'content-delta':
        return say(event, message);
      case 'tool-plan-delta':
        return reason(message.tool_plan);
      case 'tool-call-start':
      case 'tool-call-delta':
        return callTool(event, message);
      case 'tool-call-end': {
        const call = calls.get(event.index);
        // Clients parse what they get, so a call without arguments has `{}`.
        return call && !call.hasArguments ? [maker.toolArguments(call.index, '{}')] : [];
      }
      case 'message-end': {
        const ended = finishReason(delta.finish_reason, delta.error, 'upstream_interrupted');
        done = true;
        const tokens = readChatUsage(delta.usage);
        return tokens ? [maker.finish(ended), maker.usage(tokens)] : [maker.finish(ended)];
      }
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
