import type Database from 'better-sqlite3';
import { dropBodies } from './bodies.ts';
import { type Row, toEvent } from './rows.ts';

/** What had to go. */
export interface Dropped {
  /** Records that lost their bodies. */
  bodies: number;
  /** Records that waited for delivery. */
  waiting: number;
  /** Records that were parked. */
  parked: number;
  /** Of all that waited, the last that was touched: what is read up to here may be out of date. */
  upTo: number;
  /** The bound is not reached yet. */
  unfinished: boolean;
}

/** Bodies that are kept apart need not be read to be dropped: only that they are there. */
const columns = `seq, head, data,
  iif(request IS NULL, NULL, '') AS request, iif(response IS NULL, NULL, '') AS response`;

/** As many as one transaction looks at: calls wait for it, and a file may be far over the bound. */
const atOnce = 500;

/**
 * Keeps the pages in use under `maxBytes`. Bodies go before any record does and what is parked
 * before what waits, each from the oldest on. What is on its way to the sink at the moment stays:
 * it may be delivered, and would then be counted wrongly.
 *
 * SQLite itself keeps count of pages, free ones too, so asking takes a microsecond. What has been
 * looked at for bodies is remembered, so that the work goes with what comes in, not with what is
 * there.
 */
export function createRoomMaker(
  database: Database.Database,
  { maxBytes, isUnderWay }: { maxBytes: number; isUnderWay(seq: number): boolean },
) {
  const pageBytes = database.pragma('page_size', { simple: true }) as number;
  const allPages = database.prepare<[], number>('PRAGMA page_count').pluck();
  const freePages = database.prepare<[], number>('PRAGMA freelist_count').pluck();
  const one = database.prepare<[number], Row>(`SELECT ${columns} FROM outbox WHERE seq = ?`);
  const nextWaiting = database.prepare<[number], Row>(
    `SELECT ${columns} FROM outbox WHERE seq > ? AND parked IS NULL ORDER BY seq LIMIT 1`,
  );
  const nextParked = database.prepare<[number], Row>(
    `SELECT ${columns} FROM outbox INDEXED BY outbox_parked
       WHERE parked IS NOT NULL AND seq > ? ORDER BY seq LIMIT 1`,
  );
  const update = database.prepare(
    'UPDATE outbox SET data = ?, request = NULL, response = NULL WHERE seq = ?',
  );
  const remove = database.prepare('DELETE FROM outbox WHERE seq = ?');

  /** Up to where bodies have been dropped. */
  let bareParked = 0;
  let bareWaiting = 0;
  /** Those that were under way when it was their turn. */
  const passedOver = new Set<number>();

  const bytes = () => ((allPages.get() ?? 0) - (freePages.get() ?? 0)) * pageBytes;

  function strip(row: Row, dropped: Dropped) {
    const bare = dropBodies(toEvent(row), maxBytes);
    if (bare === null) return;
    update.run(bare, row.seq);
    dropped.bodies++;
  }

  function dropParkedBodies(dropped: Dropped): boolean {
    const row = nextParked.get(bareParked);
    if (!row) return false;
    bareParked = row.seq;
    strip(row, dropped);
    return true;
  }

  function nextWithBodies(): Row | undefined {
    for (const seq of passedOver) {
      if (isUnderWay(seq)) continue;
      passedOver.delete(seq);
      const row = one.get(seq);
      if (row) return row;
    }
    return nextWaiting.get(bareWaiting);
  }

  function dropWaitingBodies(dropped: Dropped): boolean {
    const row = nextWithBodies();
    if (!row) return false;
    bareWaiting = Math.max(bareWaiting, row.seq);
    if (isUnderWay(row.seq)) passedOver.add(row.seq);
    else strip(row, dropped);
    dropped.upTo = Math.max(dropped.upTo, row.seq);
    return true;
  }

  function dropParked(dropped: Dropped): boolean {
    const row = nextParked.get(0);
    if (!row) return false;
    remove.run(row.seq);
    dropped.parked++;
    return true;
  }

  function dropWaiting(dropped: Dropped): boolean {
    let row = nextWaiting.get(0);
    while (row && isUnderWay(row.seq)) row = nextWaiting.get(row.seq);
    if (!row) return false;
    remove.run(row.seq);
    dropped.waiting++;
    dropped.upTo = Math.max(dropped.upTo, row.seq);
    return true;
  }

  return {
    /** Bytes of the file in use. */
    bytes,
    /** To be run in a transaction; when that fails, `startOver`. */
    makeRoom(): Dropped {
      const dropped = { bodies: 0, waiting: 0, parked: 0, upTo: 0, unfinished: false };
      let looked = 0;
      for (const dropNext of [dropParkedBodies, dropWaitingBodies, dropParked, dropWaiting]) {
        while (bytes() > maxBytes) {
          if (looked++ === atOnce) return { ...dropped, unfinished: true };
          if (!dropNext(dropped)) break;
        }
      }
      return dropped;
    },
    /** An event that waited is parked: its bodies come before those of all that wait. */
    onParked(seq: number) {
      bareParked = Math.min(bareParked, seq - 1);
    },
    /** Forgets what was looked at. */
    startOver() {
      bareParked = 0;
      bareWaiting = 0;
      passedOver.clear();
    },
  };
}
