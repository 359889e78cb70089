import { hash } from 'node:crypto';

/** The beginning of an id, of which UUIDv7 makes a time: names of one time lie side by side. */
const startLength = 8;
const idLength = 12;
const sourceLength = 6;

const sourceHashes = new Map<string, Buffer>();

/**
 * What a call is booked under: its id and source in 26 bytes, where as text they would take most of
 * a hundred. Calls of one id have names that begin alike.
 */
export function callNameOf({ id, source }: { id: string; source: string }): Buffer {
  let sourceHash = sourceHashes.get(source);
  if (!sourceHash) {
    sourceHash = hash('sha256', source, 'buffer').subarray(0, sourceLength);
    if (sourceHashes.size >= 1000) sourceHashes.clear();
    sourceHashes.set(source, sourceHash);
  }
  return Buffer.concat([idPartOf(id), sourceHash]);
}

/** The same as text, for maps of what is in memory. */
export const callKeyOf = ({ id, source }: { id: string; source: string }): string =>
  JSON.stringify([id, source]);

/** The lowest and the highest name that a call of this id can have. */
export function namesOfId(id: string): { lowest: Buffer; highest: Buffer } {
  const part = idPartOf(id);
  return {
    lowest: Buffer.concat([part, Buffer.alloc(sourceLength)]),
    highest: Buffer.concat([part, Buffer.alloc(sourceLength, 0xff)]),
  };
}

function idPartOf(id: string): Buffer {
  const start = Buffer.alloc(startLength);
  start.write(id, 'utf8');
  return Buffer.concat([start, hash('sha256', id, 'buffer').subarray(0, idLength)]);
}
