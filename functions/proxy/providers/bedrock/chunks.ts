import { GatewayError } from '../../../_shared/errors.ts';
import type { Tokens } from '../../../_shared/units.ts';
import type { ChatChunk } from '../../stream/assemble.ts';
import type { ChunkReader } from '../adapter.ts';
import { jsonToolName } from '../anthropic/response-format.ts';
import { isObject, type Json } from '../json.ts';
import { createChunkMaker } from '../openai-answer.ts';
import { asUpstreamFailure } from '../openai-error.ts';
import { finishReason, newId } from './completion.ts';
import { createEventStreamReader, type EventMessage } from './event-stream.ts';
import { failureOf } from './failure.ts';
import { readConverseUsage } from './usage.ts';

interface ToolUse {
  /** Its place among the answer's calls; -1 for the JSON tool, whose input is the answer. */
  index: number;
  /** Whether any of its input has come. */
  hasInput: boolean;
}

/**
 * ConverseStream's events as OpenAI's chunks. The answer is whole with `metadata`, which tells its
 * usage and comes after `messageStop`. Events and deltas that are not known are passed over.
 */
export function createConverseReader(usesJsonTool: boolean): ChunkReader {
  const maker = createChunkMaker();
  const read = createEventStreamReader();
  const tools = new Map<unknown, ToolUse>();
  let toolCalls = 0;
  let tokens: Tokens | null = null;
  let done = false;
  maker.setId(newId());

  function begin(index: unknown, start: Json): ChatChunk[] {
    if (!isObject(start.toolUse)) return [];
    const { toolUseId, name } = start.toolUse;
    const isJson = usesJsonTool && name === jsonToolName;
    tools.set(index, { index: isJson ? -1 : toolCalls, hasInput: false });
    if (isJson) return [];
    const call = { id: String(toolUseId), name: String(name), arguments: '' };
    return [maker.toolCall(toolCalls++, call)];
  }

  function grow(tool: ToolUse | undefined, delta: Json): ChatChunk[] {
    const { text, reasoningContent, toolUse } = delta;
    if (typeof text === 'string') return text === '' ? [] : [maker.delta({ content: text })];
    if (isObject(reasoningContent)) return think(reasoningContent);
    const piece = isObject(toolUse) ? toolUse.input : null;
    if (!tool || typeof piece !== 'string' || piece === '') return [];
    tool.hasInput = true;
    const isJson = tool.index === -1;
    return [isJson ? maker.delta({ content: piece }) : maker.toolArguments(tool.index, piece)];
  }

  function think({ text, signature, redactedContent }: Json): ChatChunk[] {
    if (typeof redactedContent === 'string') {
      const block = { type: 'redacted_thinking', data: redactedContent };
      return [maker.delta({ thinking_blocks: [block] })];
    }
    if (typeof signature === 'string') {
      const block = { type: 'thinking', thinking: '', signature };
      return [maker.delta({ thinking_blocks: [block] })];
    }
    if (typeof text !== 'string' || text === '') return [];
    const block = { type: 'thinking', thinking: text };
    return [maker.delta({ reasoning_content: text, thinking_blocks: [block] })];
  }

  /** A call without arguments comes without input; clients parse what they get, so it is `{}`. */
  function end(tool: ToolUse | undefined): ChatChunk[] {
    if (!tool || tool.index === -1 || tool.hasInput) return [];
    return [maker.toolArguments(tool.index, '{}')];
  }

  function translate({ headers, payload }: EventMessage): ChatChunk[] {
    const event = payload.length === 0 ? {} : parse(payload);
    if (headers.get(':message-type') !== 'event') throw inStream(headers, event);
    const index = event.contentBlockIndex;
    switch (headers.get(':event-type')) {
      case 'contentBlockStart':
        return begin(index, isObject(event.start) ? event.start : {});
      case 'contentBlockDelta':
        return grow(tools.get(index), isObject(event.delta) ? event.delta : {});
      case 'contentBlockStop':
        return end(tools.get(index));
      case 'messageStop':
        return [maker.finish(finishReason(event.stopReason, toolCalls > 0))];
      case 'metadata':
        done = true;
        tokens = readConverseUsage(event.usage);
        return tokens ? [maker.usage(tokens)] : [];
      default:
        return [];
    }
  }

  return {
    push: (bytes) => read(bytes).flatMap((message) => (done ? [] : translate(message))),
    get done() {
      return done;
    },
  };
}

function parse(payload: Buffer): Json {
  const text = payload.toString('utf8');
  try {
    const event: unknown = JSON.parse(text);
    if (isObject(event)) return event;
  } catch {
    // Told below, with what it was.
  }
  throw new GatewayError(
    'upstream_interrupted',
    `The upstream sent an event that is not a JSON object: ${text.slice(0, 100)}`,
  );
}

/** An exception is an event of its own; an error of the connection has its words in headers. */
function inStream(headers: EventMessage['headers'], event: Json): GatewayError {
  const name = headers.get(':exception-type') ?? headers.get(':error-code');
  const told = event.originalMessage ?? event.message ?? headers.get(':error-message');
  const message = typeof told === 'string' ? told : 'The upstream reported an error in its stream.';
  const type = name?.replace(/^[a-z]/, (first) => first.toUpperCase());
  return asUpstreamFailure(failureOf(type, message), 'upstream_interrupted');
}
