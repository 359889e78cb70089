import { createRoomMaker, type Dropped } from './make-room.ts';
import { type FileOptions, openFile } from './open-file.ts';
import type { OutboxEvent } from './outbox.ts';
import { type Row, toEvent } from './rows.ts';
import { createToll, type Toll } from './toll.ts';

/** An event in the journal. `seq` is null for one that only memory holds. */
export interface JournalEntry {
  seq: number | null;
  event: OutboxEvent;
}

/** What one transaction writes. */
export interface Changes {
  events: OutboxEvent[];
  /** Numbers of events that need not be kept any longer. */
  delivered: number[];
  /** Events to be set aside for good, and why. */
  refused: { seq: number; reason: string }[];
  /** Records that were lost without ever having been on disk. */
  lost: number;
  /** What people have been told of. */
  told: Toll | null;
}

export interface JournalOptions extends FileOptions {
  /** True for an event that is being sent at the moment. */
  isUnderWay(seq: number): boolean;
}

/** Parked events are for a person to look at; the oldest go when there are more than these. */
const parkedLimit = 10_000;

/** The events on disk, in one order of numbers. */
export function openJournal(options: JournalOptions) {
  const { maxBytes, isUnderWay } = options;
  const { database, waiting, parkedAtStart } = openFile(options);
  let parked = parkedAtStart;

  const insert = database.prepare(
    'INSERT INTO outbox (not_before, parked, head, data) VALUES (?, ?, ?, ?)',
  );
  const remove = database.prepare('DELETE FROM outbox WHERE seq = ?');
  const park = database.prepare('UPDATE outbox SET parked = ? WHERE seq = ?');
  const after = database.prepare<[number, number], Row>(
    'SELECT seq, head, data FROM outbox WHERE seq > ? AND parked IS NULL ORDER BY seq LIMIT ?',
  );
  const one = database.prepare<[number], Row>(
    'SELECT seq, head, data FROM outbox WHERE seq = ? AND parked IS NULL',
  );
  const trimParked = database.prepare(
    `DELETE FROM outbox WHERE seq IN
       (SELECT seq FROM outbox INDEXED BY outbox_parked
         WHERE parked IS NOT NULL ORDER BY seq LIMIT max(0, ?))`,
  );
  const room = createRoomMaker(database, { maxBytes, isUnderWay });
  const toll = createToll(database);

  const add = ({ data, ...head }: OutboxEvent): number => {
    const { notBefore = 0, parked = null } = head;
    return insert.run(notBefore, parked, JSON.stringify(head), data).lastInsertRowid as number;
  };

  const writeAll = database.transaction((changes: Changes) => {
    const { events, delivered, refused, told } = changes;
    for (const seq of delivered) remove.run(seq);
    for (const { seq, reason } of refused) park.run(reason, seq);
    const seqs = events.map(add);
    const added = events.filter((event) => event.parked !== undefined).length + refused.length;
    const trimmed = added === 0 ? 0 : trimParked.run(parked + added - parkedLimit).changes;
    const dropped = room.makeRoom();
    dropped.parked += trimmed;
    if (told) toll.pay(told);
    toll.add(dropped.bodies, dropped.waiting + dropped.parked + changes.lost);
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
        toll.read();
      }
    },
    /** Up to `limit` events after `seq` that wait for delivery, oldest first. */
    after(seq: number, limit: number): (JournalEntry & { seq: number })[] {
      return after.all(seq, limit).map((row) => ({ seq: row.seq, event: toEvent(row) }));
    },
    /** An event as it is now, if it is there and waits. */
    read(seq: number): JournalEntry | null {
      const row = one.get(seq);
      return row ? { seq, event: toEvent(row) } : null;
    },
    /** How many waited for delivery when the file was opened. */
    waitedAtStart: waiting,
    get parked() {
      return parked;
    },
    /** What was dropped and nobody has been told of yet. */
    get toll() {
      return toll.current;
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
