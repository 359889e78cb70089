import { parentPort, workerData } from 'node:worker_threads';
import { createDelivery } from './delivery.ts';
import { type JournalEntry, openJournal } from './journal.ts';
import type { OutboxEvent, OutboxOptions, WorkerReport } from './outbox.ts';
import { createPost } from './post.ts';

type Order = { batch: number; events: OutboxEvent[] } | { hurry: true } | { close: true };

/** What memory may hold while the disk refuses to. */
const memoryLimitBytes = 64 * 1024 * 1024;
const reportEveryMs = 100;
const forgetAfterMs = 20;

const report = (given: WorkerReport) => parentPort?.postMessage(given);
const log = (level: 'info' | 'warn' | 'error', message: string, details: object = {}) =>
  report({ kind: 'log', level, message, details });

const options = workerData as OutboxOptions;
const journal = openJournal(options.path, (setAside) =>
  log('error', 'the outbox file was damaged; it is set aside and a new one begun', { setAside }),
);
const { post, close: closePost } = createPost(options);

let { waiting: depth, parked } = journal.counts();
let lost = 0;
/** The last entry that was loaded into memory or offered to the delivery. */
let cursor = 0;
/** The newest entry on disk, as far as known; what is at or before `cursor` need not be read. */
let newest = Number.MAX_SAFE_INTEGER;
let delivered: number[] = [];
let inMemory: JournalEntry[] = [];
let inMemoryBytes = 0;
let reportTimer: NodeJS.Timeout | undefined;
let forgetTimer: NodeJS.Timeout | undefined;
let diskFails = false;

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
  onDelivered(entry) {
    leave(entry);
  },
  onRefused(entry, reason) {
    log('error', 'an event was refused for good and is parked', { id: entry.event.id, reason });
    if (entry.seq !== null) {
      lost += journal.park(entry.seq, reason);
      ({ parked } = journal.counts());
    } else {
      lost++;
    }
    depth--;
    reportSoon();
  },
  onTrouble(reason) {
    if (reason) log('warn', 'events cannot be delivered; they wait in the outbox', { reason });
    else log('info', 'events are delivered again', { depth });
  },
});

function leave(entry: JournalEntry) {
  depth--;
  if (entry.seq !== null) {
    delivered.push(entry.seq);
    forgetTimer ??= setTimeout(() => write([]), forgetAfterMs);
  }
  reportSoon();
}

/** Keeps events and forgets delivered ones in one transaction. Gives the events as entries. */
function write(events: OutboxEvent[]): JournalEntry[] {
  clearTimeout(forgetTimer);
  forgetTimer = undefined;
  try {
    const seqs = journal.write(events, delivered);
    delivered = [];
    newest = seqs.at(-1) ?? newest;
    if (diskFails) log('info', 'the disk takes records again');
    diskFails = false;
    if (depth === 0 && events.length === 0) journal.shrink();
    return events.map((event, index) => ({ seq: seqs[index] as number, event }));
  } catch (error) {
    if (!diskFails) log('error', 'the disk refuses records; they wait in memory', { err: error });
    diskFails = true;
    return events.map((event) => ({ seq: null, event }));
  }
}

function keep(events: OutboxEvent[]) {
  const entries = write(events);
  parked += events.filter((event) => event.parked !== undefined).length;
  const waiting = entries.filter(({ event }) => event.parked === undefined);
  depth += waiting.length;
  const [first] = waiting;
  if (!first) return;
  if (first.seq === null) hold(waiting);
  else if (first.seq === cursor + 1 && delivery.hasRoom) {
    cursor = waiting.at(-1)?.seq ?? cursor;
    delivery.offer(waiting);
    return;
  }
  delivery.wake();
}

function hold(entries: JournalEntry[]) {
  for (const entry of entries) {
    inMemory.push(entry);
    inMemoryBytes += entry.event.data.length;
  }
  while (inMemoryBytes > memoryLimitBytes) {
    inMemoryBytes -= inMemory.shift()?.event.data.length ?? inMemoryBytes;
    lost++;
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
  report({ kind: 'state', depth, parked, lost });
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
    journal.close();
    void closePost().then(() => parentPort?.close());
  }
});

delivery.wake();
reportNow();
