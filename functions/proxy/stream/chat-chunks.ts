import type { ChunkReader } from '../providers/adapter.ts';
import { readDataEvents } from '../providers/data-events.ts';
import { readErrorObject } from '../providers/openai-error.ts';

/** The chunks of a chat stream on OpenAI's own wire. */
export function createChatChunks(): ChunkReader {
  let done = false;
  const events = readDataEvents(() => {
    done = true;
  });
  return {
    push: (bytes) =>
      events(bytes).map((chunk) => {
        if (chunk.error != null) throw readErrorObject(chunk.error, 'upstream_interrupted');
        return chunk;
      }),
    get done() {
      return done;
    },
  };
}
