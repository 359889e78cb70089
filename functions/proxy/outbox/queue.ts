import { createDueHeap, type Dated } from './due-heap.ts';
import type { HeldEntry, JournalEntry } from './journal.ts';
import { createKeyOrder } from './key-order.ts';
import type { OutboxEvent } from './outbox.ts';
import { sizeOf } from './rows.ts';

/** An entry on its way through the queue; the same object until it is at its end. */
export interface Queued extends HeldEntry, Dated {
  /** How often on end it failed, whosever fault that was. */
  tries: number;
  /** How many others had been delivered when it was tried last. */
  seenDelivered: number;
  /** Its last failure was its own. */
  isAtFault: boolean;
}

export interface Turn {
  queued: Queued;
  entry: JournalEntry;
}

export interface QueueParts {
  /** The next entries in order, up to `limit`; empty when there are none. */
  load(limit: number): HeldEntry[];
  /** The event of an entry whose turn it is, as it is now; null when it is no longer there. */
  current(entry: HeldEntry): OutboxEvent | null;
  /** For how long an event that was read just now is to be left alone. */
  restOf(event: OutboxEvent): number;
  /** Of a clock that is never set back. */
  now(): number;
}

const loadSize = 200;
/** What memory holds for the next turns: after that, entries stay on disk. */
const memory = { entries: 1000, bytes: 8 * 1024 * 1024 };
/** Larger entries are read when it is their turn, and count towards the next bound. */
const largeBytes = 256 * 1024;
/** Large entries under way take no more than this together, or are one. */
const largeAtOnceBytes = 16 * 1024 * 1024;
/** Entries that one turn may pass over; calls wait while it does. */
const looksAtOnce = 500;

const untried = { tries: 0, seenDelivered: 0, isAtFault: false, dueAt: 0 };
const isLarge = ({ bytes }: HeldEntry) => bytes > largeBytes;

/** Whose turn it is: the oldest first, but for what rests, is too large just now or waits its turn. */
export function createQueue({ load, current, restOf, now }: QueueParts) {
  const fresh: Queued[] = [];
  let freshBytes = 0;
  /** Those that may go as soon as there is room. */
  const released: Queued[] = [];
  const large: Queued[] = [];
  let largeUnderWay = 0;
  const delayed = createDueHeap<Queued>();
  const keyOrder = createKeyOrder<Queued>();
  let order = 0;

  const keyOf = (event: OutboxEvent) => event.extensions.partitionkey ?? '';
  const fits = ({ bytes }: Queued) =>
    largeUnderWay === 0 || largeUnderWay + bytes <= largeAtOnceBytes;
  const inMemory = ({ event, bytes }: HeldEntry) => (event === null ? 0 : bytes);

  function add({ seq, event, bytes }: HeldEntry) {
    const held = { seq, bytes, event: seq !== null && bytes > largeBytes ? null : event };
    freshBytes += inMemory(held);
    fresh.push({ ...held, ...untried, order: order++ });
  }

  function takeFresh(): Queued | undefined {
    if (fresh.length === 0) for (const held of load(loadSize)) add(held);
    const queued = fresh.shift();
    if (queued) freshBytes -= inMemory(queued);
    return queued;
  }

  function takeOld(time: number): Queued | undefined {
    released.push(...keyOrder.expired(time));
    const next = large[0] && fits(large[0]) ? large.shift() : undefined;
    return next ?? delayed.take(time) ?? released.shift();
  }

  /** Gives it its turn, or sets it aside. */
  function consider(queued: Queued, isFresh: boolean, time: number): Turn | null {
    if (isLarge(queued) && !fits(queued)) {
      large.push(queued);
      return null;
    }
    const event = current(queued);
    if (!event) return null;
    queued.event = queued.seq === null ? event : null;
    if (isFresh) {
      const rest = restOf(event);
      if (rest > 0) {
        delayed.push(Object.assign(queued, { dueAt: time + rest }));
        return null;
      }
      if (keyOf(event) && keyOrder.hold(keyOf(event), queued, time)) return null;
    }
    if (isLarge(queued)) largeUnderWay += queued.bytes;
    return { queued, entry: { seq: queued.seq, event } };
  }

  return {
    /** True if `offer` would be taken: then the entry need not be loaded again. */
    get hasRoom() {
      return fresh.length < memory.entries && freshBytes < memory.bytes;
    },
    /** Entries that follow, in order, on all that was loaded or offered before. */
    offer(entries: JournalEntry[]) {
      for (const { seq, event } of entries) add({ seq, event, bytes: sizeOf(event) });
    },
    /** An entry that goes before all others. */
    offerFirst({ seq, event }: JournalEntry) {
      delayed.push({ seq, event, bytes: sizeOf(event), ...untried, order: -1 });
    },
    /** The next whose turn it is; `later` if there may be one, after a look at so many. */
    next(): Turn | 'later' | null {
      const time = now();
      for (let looks = 0; looks < looksAtOnce; looks++) {
        const old = takeOld(time);
        const queued = old ?? takeFresh();
        if (!queued) return null;
        const turn = consider(queued, old === undefined, time);
        if (turn) return turn;
      }
      return 'later';
    },
    /** It was tried and is to be tried again. */
    putOff({ queued, entry }: Turn, event: OutboxEvent, dueAt: number) {
      if (isLarge(queued)) largeUnderWay -= queued.bytes;
      queued.bytes = sizeOf(event);
      queued.event = entry.seq === null ? event : null;
      queued.dueAt = dueAt;
      delayed.push(queued);
      if (keyOf(event)) keyOrder.failed(keyOf(event), queued, now());
    },
    /** It is at its end. */
    end({ queued, entry: { event } }: Turn) {
      if (isLarge(queued)) largeUnderWay -= queued.bytes;
      released.push(...keyOrder.ended(keyOf(event), queued));
    },
    /** When there may be a turn again, if nothing comes in; Infinity if never. */
    get soonest() {
      const atOnce = fresh.length + released.length > 0 ? 0 : Infinity;
      return Math.min(atOnce, delayed.soonest, keyOrder.soonest);
    },
    /** Makes those due now that `isMeant`. */
    hurry: delayed.hurry,
  };
}
