import { crc32 } from 'node:zlib';
import { GatewayError } from '../../../_shared/errors.ts';

/** A message of `application/vnd.amazon.eventstream`. */
export interface EventMessage {
  /** Those whose value is a string: `:event-type`, `:message-type`, `:exception-type`. */
  headers: ReadonlyMap<string, string>;
  payload: Buffer;
}

const preludeBytes = 12;
const checksumBytes = 4;
/** AWS's own limit for a message; a larger one is an upstream gone wrong. */
const messageLimit = 24 * 1024 * 1024;

/** The length of a header's value by its type; those of types 6 and 7 tell it themselves. */
const valueBytes: Record<number, number> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 };
const byteArray = 6;
const string = 7;

/**
 * Cuts bytes into messages, wherever the network cut them. Both checksums of each are checked; a
 * stream that fails one can't be followed any further: `upstream_interrupted`.
 */
export function createEventStreamReader(): (bytes: Buffer) => EventMessage[] {
  let pieces: Buffer[] = [];
  let have = 0;
  /** Bytes without which there is nothing to read: pieces are not joined before they are there. */
  let need = preludeBytes;

  return (bytes) => {
    pieces.push(bytes);
    have += bytes.length;
    if (have < need) return [];
    let rest = pieces.length === 1 ? bytes : Buffer.concat(pieces, have);
    const messages: EventMessage[] = [];
    for (need = bytesOfNext(rest); rest.length >= need; need = bytesOfNext(rest)) {
      messages.push(readMessage(rest.subarray(0, need)));
      rest = rest.subarray(need);
    }
    pieces = [rest];
    have = rest.length;
    return messages;
  };
}

function bytesOfNext(bytes: Buffer): number {
  if (bytes.length < preludeBytes) return preludeBytes;
  if (crc32(bytes.subarray(0, 8)) !== bytes.readUInt32BE(8)) throw garbled('a wrong checksum');
  const total = bytes.readUInt32BE(0);
  const headers = bytes.readUInt32BE(4);
  if (total < preludeBytes + headers + checksumBytes || total > messageLimit) {
    throw garbled(`a length of ${total} bytes`);
  }
  return total;
}

function readMessage(message: Buffer): EventMessage {
  const end = message.length - checksumBytes;
  if (crc32(message.subarray(0, end)) !== message.readUInt32BE(end)) {
    throw garbled('a wrong checksum');
  }
  const payloadAt = preludeBytes + message.readUInt32BE(4);
  return {
    headers: readHeaders(message.subarray(preludeBytes, payloadAt)),
    payload: message.subarray(payloadAt, end),
  };
}

function readHeaders(bytes: Buffer): Map<string, string> {
  const headers = new Map<string, string>();
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw garbled('a header beyond its end');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const name = take(take(1).readUInt8()).toString('utf8');
    const type = take(1).readUInt8();
    const tellsLength = type === byteArray || type === string;
    const length = tellsLength ? take(2).readUInt16BE() : valueBytes[type];
    if (length === undefined) throw garbled(`a header of type ${type}`);
    const value = take(length);
    if (type === string) headers.set(name, value.toString('utf8'));
  }
  return headers;
}

const garbled = (what: string) =>
  new GatewayError('upstream_interrupted', `The upstream sent a message with ${what}.`);
