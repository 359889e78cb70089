import type { JournalEntry } from './journal.ts';

/** What came of one delivery: gone, to be tried again, or refused for good. */
export type Outcome =
  | { kind: 'delivered' }
  | { kind: 'retry'; reason: string }
  | { kind: 'refused'; reason: string };

export interface DeliveryParts {
  post(entry: JournalEntry): Promise<Outcome>;
  /** The next entries in order, up to `limit`; empty when there are none. */
  load(limit: number): JournalEntry[];
  onDelivered(entry: JournalEntry): void;
  onRefused(entry: JournalEntry, reason: string): void;
  /** Told when the sink starts and stops to fail. */
  onTrouble(reason: string | null): void;
  now?: () => number;
  concurrency?: number;
}

const firstPauseMs = 100;
const longestPauseMs = 30_000;
const loadSize = 200;
const memorySize = 1000;

interface Waiting extends JournalEntry {
  tries: number;
  dueAt: number;
}

/**
 * Delivers entries, several at a time. When one fails it is put off, twice as long each time, and
 * until another succeeds only one at a time is tried: a sink that is down is asked now and then,
 * and one entry that always fails does not hold up the rest.
 */
export function createDelivery(parts: DeliveryParts) {
  const { now = Date.now, concurrency = 32 } = parts;
  let fresh: JournalEntry[] = [];
  const delayed: Waiting[] = [];
  let inFlight = 0;
  let failures = 0;
  let pausedUntil = 0;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const backOff = (tries: number) => {
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(tries, 20));
    return pause * (0.5 + Math.random() / 2);
  };

  function next(): Waiting | null {
    const time = now();
    const due = delayed.findIndex((entry) => entry.dueAt <= time);
    if (due !== -1) return delayed.splice(due, 1)[0] as Waiting;
    for (;;) {
      if (fresh.length === 0) fresh = parts.load(loadSize);
      const entry = fresh.shift();
      if (!entry) return null;
      const waiting = { ...entry, tries: 0, dueAt: entry.event.notBefore ?? 0 };
      if (waiting.dueAt <= time) return waiting;
      delayed.push(waiting);
    }
  }

  function pump() {
    clearTimeout(timer);
    const time = now();
    while (!stopped && time >= pausedUntil && inFlight < (failures > 0 ? 1 : concurrency)) {
      const entry = next();
      if (!entry) break;
      inFlight++;
      void deliver(entry);
    }
    if (stopped || inFlight > 0) return;
    const wake = Math.max(
      pausedUntil,
      Math.min(...delayed.map((entry) => entry.dueAt), fresh.length > 0 ? time : Infinity),
    );
    if (Number.isFinite(wake) && wake > time) timer = setTimeout(pump, wake - time);
  }

  async function deliver(entry: Waiting) {
    const sentAt = now();
    const outcome = await parts.post(entry);
    inFlight--;
    if (stopped) return;
    if (outcome.kind === 'retry') {
      // Those that were under way together fail together: one failure, or a sink that is away for
      // a moment would be left alone for as long as one that failed dozens of times on end.
      if (sentAt >= pausedUntil) {
        failures++;
        if (failures === 1) parts.onTrouble(outcome.reason);
        pausedUntil = now() + backOff(failures);
      }
      delayed.push({ ...entry, tries: entry.tries + 1, dueAt: now() + backOff(entry.tries + 1) });
    } else {
      if (failures > 0) parts.onTrouble(null);
      failures = 0;
      pausedUntil = 0;
      if (outcome.kind === 'delivered') parts.onDelivered(entry);
      else parts.onRefused(entry, outcome.reason);
    }
    pump();
  }

  return {
    /** True if `offer` would be taken: then the entry need not be loaded again. */
    get hasRoom() {
      return fresh.length < memorySize;
    },
    /** Entries that follow, in order, on all that was loaded or offered before. */
    offer(entries: JournalEntry[]) {
      for (const entry of entries) fresh.push(entry);
      pump();
    },
    wake: pump,
    /** Everything is due now. */
    hurry() {
      failures = 0;
      pausedUntil = 0;
      for (const entry of delayed) entry.dueAt = 0;
      pump();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
