import { eventTypes } from '../../_shared/events/types.ts';
import type { Tolls } from './alerts.ts';
import { createRoomMaker, type Dropped } from './make-room.ts';
import { type FileOptions, openFile } from './open-file.ts';
import type { OutboxEvent } from './outbox.ts';
import { type Row, toEvent } from './rows.ts';
import { createToll } from './toll.ts';

/** An event in the journal. `seq` is null for one that only memory holds. */
export interface JournalEntry {
  seq: number | null;
  event: OutboxEvent;
}

/** An entry as it waits in memory: without its event when that is to be read when its turn comes. */
export interface HeldEntry {
  seq: number | null;
  event: OutboxEvent | null;
  bytes: number;
}

/** What one transaction writes. */
export interface Changes {
  events: OutboxEvent[];
  /** Events that were there before, as they are now. */
  changed: { seq: number; event: OutboxEvent }[];
  /** Numbers of events that need not be kept any longer. */
  delivered: number[];
  /** Events to be set aside for good, and why. */
  refused: { seq: number; type: string; reason: string }[];
  /** Records that were lost without ever having been on disk. */
  lost: number;
  /** What people have been told of. */
  told: Tolls;
}

export interface JournalOptions extends FileOptions {
  /** True for an event that is being sent at the moment. */
  isUnderWay(seq: number): boolean;
}

/** Parked events are for a person to look at; the oldest go when there are more than these. */
export const parkedLimit = 10_000;

/** Larger entries wait on disk until their turn. */
const wholeBytes = 256 * 1024;
/** As much as is read at once, and one more. */
const readBytes = 4 * 1024 * 1024;

const whole = 'seq, head, data, request, response';
const bytes = `(octet_length(data) + ifnull(octet_length(request), 0)
  + ifnull(octet_length(response), 0))`;

/** The events on disk, in one order of numbers. */
export function openJournal(options: JournalOptions) {
  const { maxBytes, isUnderWay } = options;
  const { database, waiting, parkedAtStart } = openFile(options);
  let parked = parkedAtStart;

  const insert = database.prepare(
    `INSERT INTO outbox (not_before, parked, head, data, request, response)
       VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const change = database.prepare(
    'UPDATE outbox SET head = ?, data = ?, request = ?, response = ? WHERE seq = ?',
  );
  const remove = database.prepare('DELETE FROM outbox WHERE seq = ?');
  const park = database.prepare('UPDATE outbox SET parked = ? WHERE seq = ?');
  const after = database.prepare<[number, number], { seq: number; bytes: number }>(
    `SELECT seq, ${bytes} AS bytes FROM outbox
       WHERE seq > ? AND parked IS NULL ORDER BY seq LIMIT ?`,
  );
  const one = database.prepare<[number], Row>(
    `SELECT ${whole} FROM outbox WHERE seq = ? AND parked IS NULL`,
  );
  // Rows are only added at the end, so what has gone before the oldest need not be passed again.
  const oldest = database.prepare<[number], { seq: number; head: string }>(
    'SELECT seq, head FROM outbox WHERE seq >= ? AND parked IS NULL ORDER BY seq LIMIT 1',
  );
  let oldestSeq = 0;
  const trimParked = database.prepare(
    `DELETE FROM outbox WHERE seq IN
       (SELECT seq FROM outbox INDEXED BY outbox_parked
         WHERE parked IS NOT NULL ORDER BY seq LIMIT max(0, ?))`,
  );
  const room = createRoomMaker(database, { maxBytes, isUnderWay });
  const full = createToll(database, 'toll', ['bodies', 'records']);
  const aside = createToll(database, 'parked_toll', ['events']);

  const add = ({ data, bodies, ...head }: OutboxEvent): number => {
    const { notBefore = 0, parked = null } = head;
    const { request = null, response = null } = bodies ?? {};
    return insert.run(notBefore, parked, JSON.stringify(head), data, request, response)
      .lastInsertRowid as number;
  };
  const update = (seq: number, { data, bodies, ...head }: OutboxEvent) =>
    change.run(JSON.stringify(head), data, bodies?.request ?? null, bodies?.response ?? null, seq);

  /** An event as it is now, if it is there and waits. */
  function read(seq: number): OutboxEvent | null {
    const row = one.get(seq);
    return row ? toEvent(row) : null;
  }

  const writeAll = database.transaction((changes: Changes) => {
    const { events, changed, delivered, refused, told } = changes;
    for (const { seq, event } of changed) update(seq, event);
    for (const seq of delivered) remove.run(seq);
    for (const { seq, reason } of refused) park.run(reason, seq);
    const seqs = events.map(add);
    const newlyParked = [...events.filter((event) => event.parked !== undefined), ...refused];
    const added = newlyParked.length;
    const trimmed = added === 0 ? 0 : trimParked.run(parked + added - parkedLimit).changes;
    const dropped = room.makeRoom();
    dropped.parked += trimmed;
    if (told.full) full.pay(told.full);
    full.add({
      bodies: dropped.bodies,
      records: dropped.waiting + dropped.parked + changes.lost,
    });
    if (told.parked) aside.pay(told.parked);
    // An alert that nobody takes is no reason for another.
    aside.add({ events: newlyParked.filter(({ type }) => type !== eventTypes.alertRaised).length });
    return { seqs, dropped, parked: parked + added - dropped.parked };
  });

  return {
    /** Does all of it or throws. Gives the events' numbers, and what had to go to make room. */
    write(changes: Changes): { seqs: number[]; dropped: Dropped } {
      try {
        for (const { seq } of changes.refused) room.onParked(seq);
        const written = writeAll(changes);
        ({ parked } = written);
        return written;
      } catch (error) {
        room.startOver();
        throw error;
      } finally {
        full.read();
        aside.read();
      }
    },
    /** Up to `limit` events after `seq` that wait for delivery, oldest first. */
    after(seq: number, limit: number): (HeldEntry & { seq: number })[] {
      const entries: (HeldEntry & { seq: number })[] = [];
      let room = readBytes;
      for (const row of after.all(seq, limit)) {
        const isWhole = row.bytes <= wholeBytes;
        if (isWhole) room -= row.bytes;
        entries.push({ ...row, event: isWhole ? read(row.seq) : null });
        if (room < 0) break;
      }
      return entries;
    },
    read,
    /** When what the oldest event that waits tells of began; null if none waits. */
    oldest(): number | null {
      const row = oldest.get(oldestSeq);
      oldestSeq = row?.seq ?? oldestSeq;
      return row ? (JSON.parse(row.head) as OutboxEvent).time : null;
    },
    /** How many waited for delivery when the file was opened. */
    waitedAtStart: waiting,
    get parked() {
      return parked;
    },
    /** What was dropped or put aside and nobody has been told of yet. */
    get tolls(): Tolls {
      return { full: full.current, parked: aside.current };
    },
    bytes: room.bytes,
    /** Gives free pages back to the file system, a few at a time. */
    shrink() {
      database.pragma('incremental_vacuum(1000)');
    },
    close() {
      database.close();
    },
  };
}

export type Journal = ReturnType<typeof openJournal>;
