import { type Failures, longestRestMs, oneMore } from './failures.ts';
import type { JournalEntry } from './journal.ts';
import type { OutboxEvent } from './outbox.ts';
import { createQueue, type Queued, type QueueParts, type Turn } from './queue.ts';

/**
 * What came of one delivery: gone; refused for good; to be tried again, because of the sink as far
 * as can be told; or not to be sent yet, for a reason that says nothing of the sink, and perhaps of
 * the event itself.
 */
export type Outcome =
  | { kind: 'delivered' }
  | { kind: 'refused'; reason: string }
  | { kind: 'retry'; reason: string }
  | { kind: 'later'; reason: string; isOwnFault: boolean };

/** What came of it, and the event as it is now. */
export interface Sent {
  outcome: Outcome;
  event: OutboxEvent;
}

export interface DeliveryParts extends Omit<QueueParts, 'restOf' | 'now'> {
  send(entry: JournalEntry): Promise<Sent>;
  onDelivered(entry: JournalEntry): void;
  onRefused(entry: JournalEntry, reason: string): void;
  /** An event failed once more by its own fault. True gives it up: it is not tried again. */
  onFailed(entry: JournalEntry, failures: Failures): boolean;
  /** Told when the sink starts and stops to fail. */
  onTrouble(reason: string | null): void;
  concurrency?: number;
}

const firstPauseMs = 100;
const longestPauseMs = 30_000;

/**
 * Delivers entries, several at a time. When one fails it is put off, twice as long each time, and
 * until another succeeds only one at a time is tried: a sink that is down is asked now and then,
 * and one entry that always fails does not hold up the rest. An entry that failed twice while
 * others were taken in between fails by its own fault, and is left alone for longer and longer.
 *
 * Pauses are of the monotonic clock: whoever sets the other one back or forth moves none of them.
 */
export function createDelivery(parts: DeliveryParts) {
  const { concurrency = 32 } = parts;
  const now = () => performance.now();
  const queue = createQueue({ ...parts, restOf, now });
  const underWay = new Set<number>();
  let inFlight = 0;
  let delivered = 0;
  let failures = 0;
  let troubled = false;
  let pausedUntil = 0;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const backOff = (tries: number, longest: number) =>
    Math.min(longest, firstPauseMs * 2 ** Math.min(tries, 20)) * (0.5 + Math.random() / 2);

  function pump() {
    clearTimeout(timer);
    while (!stopped && now() >= pausedUntil && inFlight < (failures > 0 ? 1 : concurrency)) {
      const turn = queue.next();
      if (turn === 'later') {
        timer = setTimeout(pump, 0);
        return;
      }
      if (!turn) break;
      inFlight++;
      void deliver(turn);
    }
    if (stopped || inFlight >= (failures > 0 ? 1 : concurrency)) return;
    const wake = Math.max(pausedUntil, queue.soonest);
    if (Number.isFinite(wake)) timer = setTimeout(pump, Math.ceil(Math.max(1, wake - now())));
  }

  async function deliver(turn: Turn) {
    const { seq } = turn.entry;
    const sentAt = now();
    if (seq !== null) underWay.add(seq);
    const { outcome, event } = await parts.send(turn.entry);
    inFlight--;
    if (seq !== null) underWay.delete(seq);
    if (stopped) return;
    if (outcome.kind === 'delivered' || outcome.kind === 'refused') end(turn, outcome);
    else if (outcome.kind === 'later') putOff(turn, event, outcome.reason, outcome.isOwnFault);
    else {
      const isOwnFault = turn.queued.tries > 0 && turn.queued.seenDelivered < delivered;
      if (!isOwnFault) blameSink(sentAt, outcome.reason);
      putOff(turn, event, outcome.reason, isOwnFault);
    }
    pump();
  }

  function end(turn: Turn, outcome: Outcome & { kind: 'delivered' | 'refused' }) {
    delivered++;
    queue.end(turn);
    failures = 0;
    pausedUntil = 0;
    if (troubled) {
      troubled = false;
      parts.onTrouble(null);
      // Those that waited for the sink go before what came after them.
      queue.hurry(failedWithSink);
    }
    if (outcome.kind === 'delivered') parts.onDelivered(turn.entry);
    else parts.onRefused(turn.entry, outcome.reason);
  }

  function blameSink(sentAt: number, reason: string) {
    // Those that were under way together fail together: one failure, or a sink that is away for
    // a moment would be left alone for as long as one that failed dozens of times on end.
    if (sentAt < pausedUntil) return;
    failures++;
    pausedUntil = now() + backOff(failures, longestPauseMs);
    if (!troubled) parts.onTrouble(reason);
    troubled = true;
  }

  function putOff(turn: Turn, event: OutboxEvent, reason: string, isOwnFault: boolean) {
    const { queued, entry } = turn;
    queued.tries++;
    queued.seenDelivered = delivered;
    queued.isAtFault = isOwnFault;
    if (!isOwnFault) {
      queue.putOff(turn, event, now() + backOff(queued.tries, longestPauseMs));
      return;
    }
    const failed = oneMore(event.failures, reason, Date.now());
    const changed = { ...event, failures: failed };
    if (parts.onFailed({ seq: entry.seq, event: changed }, failed)) queue.end(turn);
    else queue.putOff(turn, changed, now() + backOff(failed.count, longestRestMs));
  }

  return {
    /** True if `offer` would be taken: then the entry need not be loaded again. */
    get hasRoom() {
      return queue.hasRoom;
    },
    offer(entries: JournalEntry[]) {
      queue.offer(entries);
      pump();
    },
    offerFirst: queue.offerFirst,
    isUnderWay: (seq: number) => underWay.has(seq),
    wake: pump,
    /** Everything is due now. */
    hurry() {
      failures = 0;
      pausedUntil = 0;
      queue.hurry(() => true);
      pump();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

const failedWithSink = ({ tries, isAtFault }: Queued) => tries > 0 && !isAtFault;

/** A time that is further away than any rest is one of a clock that was set back since. */
const restOf = ({ notBefore = 0 }: OutboxEvent) => Math.min(longestRestMs, notBefore - Date.now());
