import { GatewayError } from '../../_shared/errors.ts';
import type { Relay, RelayOptions } from '../api.ts';
import { readErrorObject } from '../providers/openai-error.ts';
import { type ChatChunk, createAssembler } from './assemble.ts';
import { chatEnd } from './chat-end.ts';
import { createEventReader, type ServerSentEvent } from './server-sent-events.ts';
import { toldOf } from './told.ts';

/** A chunk with an image in it is large; one above this is an upstream gone wrong. */
const eventLimit = 16 * 1024 * 1024;

export interface ChatRelayOptions extends RelayOptions {
  /** The name that the client asked for, put in place of the upstream's. */
  model: string;
  /** Whether the client asked for the usage chunk. We always ask; it is held back if not. */
  wantsUsage: boolean;
}

/**
 * The side reader of a stream: takes the upstream's bytes, gives the text to send on, and keeps
 * what the books need. The end (usage chunk and `[DONE]`) is never part of what it gives: that goes
 * out when the record is safe.
 */
export function createRelay(options: ChatRelayOptions): Relay {
  const { model, wantsUsage, onFirstToken, onChunk } = options;
  const reader = createEventReader({ limit: eventLimit });
  const assembler = createAssembler();
  const modelName = JSON.stringify(model);
  let upstreamName: string | null = null;
  let lastChunk: ChatChunk | null = null;
  let seenToken = false;
  let done = false;

  function relayEvent(event: ServerSentEvent): string {
    if (done) return '';
    // A comment would send the head out, and with it the last chance to answer otherwise.
    if (event.data === null) return lastChunk === null ? '' : event.text;
    if (event.data === '[DONE]') {
      done = true;
      return '';
    }
    const chunk = parseChunk(event.data);
    if (chunk.error != null) throw readErrorObject(chunk.error, 'upstream_interrupted');
    lastChunk = chunk;
    onChunk?.(chunk);
    if (assembler.add(chunk) && !seenToken) {
      seenToken = true;
      onFirstToken();
    }
    const usageOnly = chunk.usage != null && Array.isArray(chunk.choices) && !chunk.choices.length;
    return usageOnly ? '' : rename(event.text, chunk);
  }

  function rename(text: string, chunk: ChatChunk): string {
    let renamed = text;
    if (typeof chunk.model === 'string' && chunk.model !== model) {
      upstreamName = chunk.model === upstreamName ? upstreamName : chunk.model;
      const literal = JSON.stringify(upstreamName);
      // In JSON text an unescaped `"model":` can only be a member's name.
      renamed = text.replace(`"model":${literal}`, `"model":${modelName}`);
      if (renamed === text) renamed = text.replace(`"model": ${literal}`, `"model": ${modelName}`);
      if (renamed === text) return `data: ${JSON.stringify({ ...chunk, model })}\n\n`;
    }
    return wantsUsage ? renamed : renamed.replace(/,\s?"usage":\s?null/, '');
  }

  return {
    push(bytes: Buffer): string {
      let text = '';
      for (const event of readEvents(bytes)) text += relayEvent(event);
      return text;
    },
    get done(): boolean {
      return done;
    },
    /**
     * Whether the stream came whole: its `[DONE]`, or, from upstreams that send none, a reason to
     * finish for each choice and no half event.
     */
    get whole(): boolean {
      return done || (assembler.finished && reader.rest.trim() === '');
    },
    end: (settled) => chatEnd({ assembler, last: lastChunk, model, wantsUsage }, settled),
    told: toldOf(assembler),
  };

  function readEvents(bytes: Buffer): ServerSentEvent[] {
    try {
      return reader.push(bytes);
    } catch (cause) {
      throw new GatewayError('upstream_interrupted', 'The upstream sent an endless event.', {
        cause,
      });
    }
  }
}

function parseChunk(data: string): ChatChunk {
  try {
    const chunk: unknown = JSON.parse(data);
    if (typeof chunk === 'object' && chunk !== null) return chunk as ChatChunk;
  } catch {
    // Told below, with what it was.
  }
  throw new GatewayError(
    'upstream_interrupted',
    `The upstream sent a chunk that is not a JSON object: ${data.slice(0, 100)}`,
  );
}
