import type { Relay } from '../api.ts';
import type { ChunkReader } from '../providers/adapter.ts';
import { type ChatChunk, createAssembler } from './assemble.ts';
import { chatEnd } from './chat-end.ts';
import type { ChatRelayOptions } from './relay.ts';
import { toldOf } from './told.ts';

/** What the relay is for OpenAI's wire, for any other: its chunks are made, not passed on. */
export function createTranslation(reader: ChunkReader, options: ChatRelayOptions): Relay {
  const { model, wantsUsage, onFirstToken, onChunk } = options;
  const assembler = createAssembler();
  let lastChunk: ChatChunk | null = null;
  let seenToken = false;

  return {
    push(bytes) {
      let text = '';
      for (const chunk of reader.push(bytes)) {
        onChunk?.(chunk);
        if (assembler.add(chunk) && !seenToken) {
          seenToken = true;
          onFirstToken();
        }
        lastChunk = chunk;
        chunk.model = model;
        const usageOnly = Array.isArray(chunk.choices) && chunk.choices.length === 0;
        if (!usageOnly) text += `data: ${JSON.stringify(chunk)}\n\n`;
      }
      return text;
    },
    get done() {
      return reader.done;
    },
    get whole() {
      return reader.done;
    },
    end: (settled) => chatEnd({ assembler, last: lastChunk, model, wantsUsage }, settled),
    told: toldOf(assembler),
  };
}
