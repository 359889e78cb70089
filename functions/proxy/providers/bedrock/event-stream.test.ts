import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GatewayError } from '../../../_shared/errors.ts';
import { encodeMessage } from './event-stream.fixture.ts';
import { createEventStreamReader } from './event-stream.ts';

const messages = fc.array(
  fc.record({
    headers: fc.dictionary(
      fc.string({ minLength: 1, maxLength: 20 }),
      fc.string({ maxLength: 300, unit: 'grapheme' }),
      { maxKeys: 5, noNullPrototype: true },
    ),
    payload: fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  }),
  { maxLength: 6 },
);
const encode = (given: { headers: Record<string, string>; payload: Buffer }[]) =>
  Buffer.concat(given.map(({ headers, payload }) => encodeMessage(headers, payload)));

test('messages come whole, wherever the bytes were cut', () => {
  fc.assert(
    fc.property(messages, fc.array(fc.nat(2000), { maxLength: 12 }), (given, cuts) => {
      const bytes = encode(given);
      const read = createEventStreamReader();
      const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort(
        (a, b) => a - b,
      );
      const got = ends.flatMap((end, index) => read(bytes.subarray(ends[index - 1] ?? 0, end)));
      expect(got).toEqual(
        given.map(({ headers, payload }) => ({
          headers: new Map(Object.entries(headers)),
          payload,
        })),
      );
    }),
  );
});

test('a byte changed anywhere is noticed, and no message is read from it', () => {
  const given = [
    { headers: { ':event-type': 'messageStart' }, payload: Buffer.from('{"role":"assistant"}') },
  ];
  const bytes = encode(given);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ change;
      expect(() => createEventStreamReader()(changed)).toThrow(/a wrong checksum/);
    }),
  );
});

test('whatever bytes come, only errors of the upstream are thrown', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 8 }), (pieces) => {
      const read = createEventStreamReader();
      try {
        for (const piece of pieces) expect(read(Buffer.from(piece))).toEqual([]);
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        expect(error.code).toBe('upstream_interrupted');
      }
    }),
  );
});

test('headers of other types are passed over', () => {
  // A boolean, an integer, a byte array and a time, by hand.
  const others = Buffer.from(
    '0161000162040000000701630600020102016408000000000000000101650700017a',
    'hex',
  );
  const message = Buffer.from(encodeMessage({}, others));
  // Its payload is made its headers, which keeps all lengths but one.
  message.writeUInt32BE(others.length, 4);
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
  message.writeUInt32BE(crc32(message.subarray(0, -4)), message.length - 4);
  expect(createEventStreamReader()(message)).toEqual([
    { headers: new Map([['e', 'z']]), payload: Buffer.alloc(0) },
  ]);
});

test.each([
  [25 * 1024 * 1024, 0, /a length of/],
  [16, 8, /a length of/],
])('a length that can not be right is refused: %i with headers of %i', (total, headers, fault) => {
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(total, 0);
  prelude.writeUInt32BE(headers, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  expect(() => createEventStreamReader()(prelude)).toThrow(fault);
});
