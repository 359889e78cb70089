import { parentPort, workerData } from 'node:worker_threads';
import { eventTypes } from '../../_shared/events/types.ts';
import { isDamage } from './damage.ts';
import { createDelivery } from './delivery.ts';
import { createFullAlert } from './full-alert.ts';
import { type JournalEntry, openJournal } from './journal.ts';
import type { OutboxEvent, WorkerOptions, WorkerReport } from './outbox.ts';
import { createPost } from './post.ts';
import { createRoomWatch } from './room-watch.ts';

type Order = { batch: number; events: OutboxEvent[] } | { hurry: true } | { close: true };

/** What memory may hold while the disk refuses to. */
const memoryLimitBytes = 64 * 1024 * 1024;
const reportEveryMs = 100;
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
const fullAlert = createFullAlert(options);
const roomWatch = createRoomWatch(options.maxBytes, log);

let depth = journal.waitedAtStart;
/** Since the last report. */
let lost = 0;
let bodiesDropped = 0;
/** The last entry that was loaded into memory or offered to the delivery. */
let cursor = 0;
/** The newest entry on disk, as far as known; what is at or before `cursor` need not be read. */
let newest = Number.MAX_SAFE_INTEGER;
/** Up to here entries have been changed on disk for want of room. */
let changedUpTo = 0;
/** What the next transaction has to do besides keeping events. */
let pending = nothingPending();
let inMemory: JournalEntry[] = [];
let inMemoryBytes = 0;
let reportTimer: NodeJS.Timeout | undefined;
let writeTimer: NodeJS.Timeout | undefined;
/** On disk, and soon to be offered to the delivery. */
let unoffered: JournalEntry[] = [];
let offerTimer: NodeJS.Timeout | undefined;
let diskFails = false;

function nothingPending(): Omit<Parameters<typeof journal.write>[0], 'events'> {
  return { delivered: [], refused: [], lost: 0, told: null };
}

const delivery = createDelivery({
  post,
  load(limit) {
    const kept = cursor < newest ? journal.after(cursor, limit) : [];
    if (kept.length > 0) {
      cursor = kept.at(-1)?.seq ?? cursor;
      return kept;
    }
    newest = cursor;
    const held = inMemory;
    inMemory = [];
    inMemoryBytes = 0;
    return held;
  },
  current({ seq, event }) {
    if (event && (seq === null || seq > changedUpTo)) return { seq, event };
    return seq === null ? null : journal.read(seq);
  },
  onDelivered(entry) {
    if (entry.seq !== null) pending.delivered.push(entry.seq);
    leave(entry);
    const alert = fullAlert.due(journal.toll);
    if (!alert) return;
    depth++;
    delivery.offerFirst({ seq: null, event: alert });
  },
  onRefused(entry, reason) {
    log('error', 'an event was refused for good and is parked', { id: entry.event.id, reason });
    if (entry.seq !== null) pending.refused.push({ seq: entry.seq, reason });
    else if (entry.event.type !== eventTypes.alertRaised) lose(1);
    leave(entry);
  },
  onTrouble(reason) {
    if (reason) log('warn', 'events cannot be delivered; they wait in the outbox', { reason });
    else log('info', 'events are delivered again', { depth });
  },
});

function leave({ seq, event }: JournalEntry) {
  depth--;
  pending.told = fullAlert.ended(event) ?? pending.told;
  if (seq !== null || pending.told) writeSoon(forgetAfterMs);
  reportSoon();
}

function lose(records: number) {
  lost += records;
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
    lost += dropped.waiting + dropped.parked;
    bodiesDropped += dropped.bodies;
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

function keep(events: OutboxEvent[]) {
  const entries = write(events);
  const waiting = entries.filter(({ event }) => event.parked === undefined);
  depth += waiting.length;
  if (waiting[0]?.seq === null) hold(waiting);
  else unoffered.push(...waiting);
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

function hold(entries: JournalEntry[]) {
  for (const entry of entries) {
    inMemory.push(entry);
    inMemoryBytes += entry.event.data.length;
  }
  while (inMemoryBytes > memoryLimitBytes) {
    inMemoryBytes -= inMemory.shift()?.event.data.length ?? inMemoryBytes;
    lose(1);
    depth--;
  }
}

function reportSoon() {
  if (depth === 0) reportNow();
  else reportTimer ??= setTimeout(reportNow, reportEveryMs);
}

function reportNow() {
  clearTimeout(reportTimer);
  reportTimer = undefined;
  const bytes = journal.bytes();
  report({ kind: 'state', depth, parked: journal.parked, bytes, lost, bodiesDropped });
  lost = 0;
  bodiesDropped = 0;
}

parentPort?.on('message', (order: Order) => {
  if ('batch' in order) {
    keep(order.events);
    report({ kind: 'kept', batch: order.batch });
    reportSoon();
  } else if ('hurry' in order) {
    delivery.hurry();
    reportNow();
  } else {
    delivery.stop();
    write([]);
    clearTimeout(reportTimer);
    clearTimeout(writeTimer);
    clearTimeout(offerTimer);
    reportNow();
    journal.close();
    void closePost().then(() => parentPort?.close());
  }
});

// A file from before the bound was lowered may be over it.
write([]);
delivery.wake();
reportNow();
