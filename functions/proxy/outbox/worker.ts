import { parentPort, workerData } from 'node:worker_threads';
import { eventTypes } from '../../_shared/events/types.ts';
import { createAlerts } from './alerts.ts';
import { isDamage } from './damage.ts';
import { createDelivery } from './delivery.ts';
import { isToBeGivenUp } from './failures.ts';
import { type JournalEntry, openJournal, parkedLimit } from './journal.ts';
import { createKeeper, type KeepFailure } from './keeper.ts';
import { createMemory } from './memory.ts';
import { givenUp } from './open-file.ts';
import type { OutboxEvent, WorkerOptions, WorkerReport } from './outbox.ts';
import { createPost } from './post.ts';
import { createReporter } from './reporter.ts';
import { createRoomWatch } from './room-watch.ts';
import { createSend } from './send.ts';
import { createStoreWatch } from './store-watch.ts';

type Order =
  | { batch: number; events: OutboxEvent[] }
  | { kept: number; failure: KeepFailure | null }
  | { hurry: true }
  | { close: true };

const forgetAfterMs = 20;
/** A record's delivery waits until its call has had the processor for its last byte. */
const offerAfterMs = 2;

const report = (given: WorkerReport) => parentPort?.postMessage(given);
const log = (level: 'info' | 'warn' | 'error', message: string, details: object = {}) =>
  report({ kind: 'log', level, message, details });

const options = workerData as WorkerOptions;
const journal = openJournal({
  ...options,
  isUnderWay: (seq) => delivery.isUnderWay(seq),
  onCorrupt: (setAside) =>
    log('error', 'the outbox file was damaged; it is set aside and a new one begun', { setAside }),
});
const { post, close: closePost } = createPost(options);
const keeper = createKeeper((ticket, payload) => report({ kind: 'keep', ticket, payload }));
const alerts = createAlerts(options);
const memory = createMemory();
const storeWatch = createStoreWatch(log);
const roomWatch = createRoomWatch(options.maxBytes, log);
const reporter = createReporter(
  () => ({
    depth,
    oldest: depth === 0 ? null : (journal.oldest() ?? memory.oldest()),
    parked: journal.parked,
    bytes: journal.bytes(),
  }),
  (state) => report({ kind: 'state', ...state }),
);

let depth = journal.waitedAtStart;
/** The last entry that was loaded into memory or offered to the delivery. */
let cursor = 0;
/** The newest entry on disk, as far as known; what is at or before `cursor` need not be read. */
let newest = Number.MAX_SAFE_INTEGER;
/** Up to here entries have been changed on disk for want of room. */
let changedUpTo = 0;
/** What the next transaction has to do besides keeping events. */
let pending = nothingPending();
let writeTimer: NodeJS.Timeout | undefined;
/** On disk, and soon to be offered to the delivery. */
let unoffered: JournalEntry[] = [];
let offerTimer: NodeJS.Timeout | undefined;
let diskFails = false;

function nothingPending(): Omit<Parameters<typeof journal.write>[0], 'events'> {
  return {
    changed: [],
    delivered: [],
    refused: [],
    lost: 0,
    told: { full: null, parked: null },
  };
}

const send = createSend({
  post,
  async keep(payload) {
    const failure = await keeper.keep(payload);
    storeWatch(payload.id, failure);
    return failure;
  },
  onMoved({ seq, event }) {
    reporter.count('payloadsMoved', 1);
    if (seq === null) return;
    pending.changed.push({ seq, event });
    writeSoon(forgetAfterMs);
  },
});

const delivery = createDelivery({
  send,
  load(limit) {
    const kept = cursor < newest ? journal.after(cursor, limit) : [];
    if (kept.length > 0) {
      cursor = kept.at(-1)?.seq ?? cursor;
      return kept;
    }
    newest = cursor;
    return memory.take();
  },
  current({ seq, event }) {
    if (event && (seq === null || seq > changedUpTo)) return event;
    return seq === null ? null : journal.read(seq);
  },
  onDelivered(entry) {
    if (entry.seq !== null) pending.delivered.push(entry.seq);
    // Before it leaves: an outbox that has something to tell is not empty.
    raiseAlerts();
    leave(entry);
  },
  onRefused: park,
  onFailed(entry, failures) {
    if (isToBeGivenUp(failures, Date.now()) && journal.parked < parkedLimit) {
      park(entry, givenUp + failures.last);
      return true;
    }
    if (entry.seq !== null) pending.changed.push({ seq: entry.seq, event: entry.event });
    writeSoon(forgetAfterMs);
    return false;
  },
  onTrouble(reason) {
    if (reason) log('warn', 'events cannot be delivered; they wait in the outbox', { reason });
    else log('info', 'events are delivered again', { depth });
  },
});

function raiseAlerts() {
  for (const alert of alerts.due(journal.tolls)) {
    depth++;
    delivery.offerFirst({ seq: null, event: alert });
  }
}

function park(entry: JournalEntry, reason: string) {
  const { seq, event } = entry;
  log('error', 'an event is parked: it will not be delivered', { id: event.id, reason });
  if (seq !== null) pending.refused.push({ seq, type: event.type, reason });
  else if (event.type !== eventTypes.alertRaised) lose(1);
  leave(entry);
}

function leave({ seq, event }: JournalEntry) {
  depth--;
  const { full, parked } = alerts.ended(event);
  pending.told = { full: full ?? pending.told.full, parked: parked ?? pending.told.parked };
  if (seq !== null || full || parked) writeSoon(forgetAfterMs);
  reportSoon();
}

function lose(records: number) {
  reporter.count('lost', records);
  pending.lost += records;
}

function writeSoon(afterMs: number) {
  writeTimer ??= setTimeout(() => write([]), afterMs);
}

/** Keeps events and does what is pending in one transaction. Gives the events as entries. */
function write(events: OutboxEvent[]): JournalEntry[] {
  clearTimeout(writeTimer);
  writeTimer = undefined;
  try {
    const { seqs, dropped } = journal.write({ events, ...pending });
    pending = nothingPending();
    newest = seqs.at(-1) ?? newest;
    changedUpTo = Math.max(changedUpTo, dropped.upTo);
    depth -= dropped.waiting;
    reporter.count('lost', dropped.waiting + dropped.parked);
    reporter.count('bodiesDropped', dropped.bodies);
    roomWatch(dropped, journal);
    if (dropped.unfinished) writeSoon(0);
    if (diskFails) log('info', 'the disk takes records again');
    diskFails = false;
    if (events.length === 0 && (depth === 0 || dropped.unfinished)) journal.shrink();
    return events.map((event, index) => ({ seq: seqs[index] as number, event }));
  } catch (error) {
    if (isDamage(error)) throw error;
    if (!diskFails) log('error', 'the disk refuses records; they wait in memory', { err: error });
    diskFails = true;
    return events.map((event) => ({ seq: null, event }));
  }
}

/** A dead letter may have come back once too often. */
function unlessGivenUp(event: OutboxEvent): OutboxEvent {
  const { failures } = event;
  if (!failures || !isToBeGivenUp(failures, Date.now())) return event;
  if (event.parked !== undefined || journal.parked >= parkedLimit) return event;
  const reason = givenUp + failures.last;
  log('error', 'an event is parked: it will not be delivered', { id: event.id, reason });
  return { ...event, parked: reason };
}

function keep(given: OutboxEvent[]) {
  const events = given.map(unlessGivenUp);
  const entries = write(events);
  const waiting = entries.filter(({ event }) => event.parked === undefined);
  depth += waiting.length;
  // What is to be kept aside is kept on disk or nowhere.
  if (entries[0]?.seq === null) lose(entries.length - waiting.length);
  if (waiting[0]?.seq === null) {
    const tooMany = memory.hold(waiting);
    lose(tooMany);
    depth -= tooMany;
  } else {
    unoffered.push(...waiting);
  }
  if (waiting.length > 0) offerTimer ??= setTimeout(offer, offerAfterMs);
}

/** Hands what was kept to the delivery, unless that has read on to it by itself meanwhile. */
function offer() {
  offerTimer = undefined;
  const entries = unoffered;
  unoffered = [];
  const first = entries[0]?.seq;
  if (first === cursor + 1 && delivery.hasRoom) {
    cursor = entries.at(-1)?.seq ?? cursor;
    delivery.offer(entries);
  } else {
    delivery.wake();
  }
}

/** Whoever waits for it to be empty is to hear of it at once. */
function reportSoon() {
  if (depth === 0) reporter.now();
  else reporter.soon();
}

parentPort?.on('message', (order: Order) => {
  if ('batch' in order) {
    keep(order.events);
    report({ kind: 'kept', batch: order.batch });
    reportSoon();
  } else if ('kept' in order) {
    keeper.answer(order.kept, order.failure);
  } else if ('hurry' in order) {
    delivery.hurry();
    reporter.now();
  } else {
    delivery.stop();
    write([]);
    clearTimeout(writeTimer);
    clearTimeout(offerTimer);
    reporter.now();
    journal.close();
    void closePost().then(() => parentPort?.close());
  }
});

// A file from before the bound was lowered may be over it.
write([]);
delivery.wake();
reporter.now();
