import type { JournalEntry } from './journal.ts';
import type { OutboxEvent } from './outbox.ts';

/** What came of one delivery: gone, to be tried again, or refused for good. */
export type Outcome =
  | { kind: 'delivered' }
  | { kind: 'retry'; reason: string }
  | { kind: 'refused'; reason: string };

/** An entry as it waits here: without its event when that can be read again. */
export interface HeldEntry {
  seq: number | null;
  event: OutboxEvent | null;
}

export interface DeliveryParts {
  post(entry: JournalEntry): Promise<Outcome>;
  /** The next entries in order, up to `limit`; empty when there are none. */
  load(limit: number): JournalEntry[];
  /** An entry whose turn it is, as it is now; null when it is no longer there. */
  current(entry: HeldEntry): JournalEntry | null;
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

interface Delayed extends HeldEntry {
  tries: number;
  dueAt: number;
}

interface Due extends JournalEntry {
  tries: number;
}

/**
 * Delivers entries, several at a time. When one fails it is put off, twice as long each time, and
 * until another succeeds only one at a time is tried: a sink that is down is asked now and then,
 * and one entry that always fails does not hold up the rest.
 */
export function createDelivery(parts: DeliveryParts) {
  const { now = Date.now, concurrency = 32 } = parts;
  let fresh: JournalEntry[] = [];
  /** By when they are due. */
  const delayed: Delayed[] = [];
  const underWay = new Set<number>();
  let inFlight = 0;
  let failures = 0;
  let troubled = false;
  let pausedUntil = 0;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const backOff = (tries: number) => {
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(tries, 20));
    return pause * (0.5 + Math.random() / 2);
  };

  function delay({ seq, event }: JournalEntry, tries: number, dueAt: number) {
    const at = delayed.findLastIndex((other) => other.dueAt <= dueAt) + 1;
    delayed.splice(at, 0, { seq, event: seq === null ? event : null, tries, dueAt });
  }

  function next(): Due | null {
    const time = now();
    for (;;) {
      if (delayed[0] && delayed[0].dueAt <= time) {
        const { tries, ...held } = delayed.shift() as Delayed;
        const entry = parts.current(held);
        if (entry) return { ...entry, tries };
        continue;
      }
      if (fresh.length === 0) fresh = parts.load(loadSize);
      const held = fresh.shift();
      if (!held) return null;
      const entry = parts.current(held);
      if (!entry) continue;
      const { notBefore = 0 } = entry.event;
      if (notBefore <= time) return { ...entry, tries: 0 };
      delay(entry, 0, notBefore);
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
      Math.min(delayed[0]?.dueAt ?? Infinity, fresh.length > 0 ? time : Infinity),
    );
    if (Number.isFinite(wake) && wake > time) timer = setTimeout(pump, wake - time);
  }

  async function deliver({ tries, ...entry }: Due) {
    const sentAt = now();
    if (entry.seq !== null) underWay.add(entry.seq);
    const outcome = await parts.post(entry);
    inFlight--;
    if (entry.seq !== null) underWay.delete(entry.seq);
    if (stopped) return;
    if (outcome.kind === 'retry') {
      // Those that were under way together fail together: one failure, or a sink that is away for
      // a moment would be left alone for as long as one that failed dozens of times on end.
      if (sentAt >= pausedUntil) {
        failures++;
        if (!troubled) parts.onTrouble(outcome.reason);
        troubled = true;
        pausedUntil = now() + backOff(failures);
      }
      delay(entry, tries + 1, now() + backOff(tries + 1));
    } else {
      if (troubled) parts.onTrouble(null);
      troubled = false;
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
    /** An entry that goes before all others. */
    offerFirst(entry: JournalEntry) {
      delay(entry, 0, 0);
    },
    isUnderWay: (seq: number) => underWay.has(seq),
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
