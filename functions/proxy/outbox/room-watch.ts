import type { Dropped } from './make-room.ts';

/** Below this share of the bound the outbox counts as having room again. */
const roomyShare = 0.9;

type Log = (level: 'info' | 'error', message: string, details: object) => void;

/** Says once when the outbox begins to drop bodies, once when records, and once when it is over. */
export function createRoomWatch(maxBytes: number, log: Log) {
  let trouble: { bodies: number; records: number } | null = null;
  return function watch({ bodies, waiting, parked }: Dropped, { bytes }: { bytes(): number }) {
    const records = waiting + parked;
    if (bodies + records > 0) {
      trouble ??= { bodies: 0, records: 0 };
      if (bodies > 0 && trouble.bodies === 0) {
        log('error', 'the outbox is full; the oldest records lose their bodies', { maxBytes });
      }
      if (records > 0 && trouble.records === 0) {
        log('error', 'the outbox is full; the oldest records are lost', { maxBytes });
      }
      trouble.bodies += bodies;
      trouble.records += records;
    } else if (trouble && bytes() < maxBytes * roomyShare) {
      log('info', 'the outbox has room again', { ...trouble });
      trouble = null;
    }
  };
}
