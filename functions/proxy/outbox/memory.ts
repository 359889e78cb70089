import type { HeldEntry, JournalEntry } from './journal.ts';
import { sizeOf } from './rows.ts';

const limitBytes = 64 * 1024 * 1024;

/** What waits in memory while the disk refuses to take it. */
export function createMemory() {
  let entries: HeldEntry[] = [];
  let bytes = 0;
  return {
    /** Gives how many of the oldest were lost for it. */
    hold(given: JournalEntry[]): number {
      for (const entry of given) {
        const size = sizeOf(entry.event);
        entries.push({ ...entry, bytes: size });
        bytes += size;
      }
      let lost = 0;
      while (bytes > limitBytes) {
        bytes -= entries[lost++]?.bytes ?? bytes;
      }
      entries = entries.slice(lost);
      return lost;
    },
    /** All of it; it is somebody else's from now on. */
    take(): HeldEntry[] {
      const all = entries;
      entries = [];
      bytes = 0;
      return all;
    },
    /** When what the oldest event here tells of began. */
    oldest: (): number | null => entries[0]?.event?.time ?? null,
  };
}
