import type { EpochMs } from '../../_shared/units.ts';
import type { KeptAnswer } from './kept-answer.ts';

export interface MemoryBounds {
  maxEntries: number;
  maxBytes: number;
}

/** What an answer takes beside its text. */
const overheadBytes = 1024;

const sizeOf = ({ text }: KeptAnswer) => text.length * 2 + overheadBytes;

/** Answers in memory; those that were used least lately go first. */
export function createMemory({ maxEntries, maxBytes }: MemoryBounds) {
  /** A Map keeps the order in which its keys were set: the first is the one to go. */
  const entries = new Map<string, { answer: KeptAnswer; until: EpochMs }>();
  let bytes = 0;

  function remove(key: string): boolean {
    const entry = entries.get(key);
    if (!entry) return false;
    bytes -= sizeOf(entry.answer);
    return entries.delete(key);
  }

  return {
    get(key: string, now: EpochMs): KeptAnswer | null {
      const entry = entries.get(key);
      if (!entry) return null;
      if (entry.until <= now) {
        remove(key);
        return null;
      }
      entries.delete(key);
      entries.set(key, entry);
      return entry.answer;
    },
    put(key: string, answer: KeptAnswer, until: EpochMs): void {
      remove(key);
      const size = sizeOf(answer);
      if (size > maxBytes) return;
      entries.set(key, { answer, until });
      bytes += size;
      for (const [oldest] of entries) {
        if (bytes <= maxBytes && entries.size <= maxEntries) return;
        remove(oldest);
      }
    },
    remove,
    clear(): void {
      entries.clear();
      bytes = 0;
    },
    get bytes(): number {
      return bytes;
    },
    get size(): number {
      return entries.size;
    },
  };
}
