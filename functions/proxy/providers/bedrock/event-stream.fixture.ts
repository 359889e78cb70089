import { crc32 } from 'node:zlib';

/** A message as AWS sends it; headers are strings, as those of Bedrock are. */
export function encodeMessage(headers: Record<string, string>, payload: Buffer | string): Buffer {
  const head = Buffer.concat(
    Object.entries(headers).flatMap(([name, value]) => [
      uint(1, Buffer.byteLength(name)),
      Buffer.from(name),
      uint(1, 7),
      uint(2, Buffer.byteLength(value)),
      Buffer.from(value),
    ]),
  );
  const body = Buffer.from(payload);
  const lengths = Buffer.concat([uint(4, head.length + body.length + 16), uint(4, head.length)]);
  const message = Buffer.concat([lengths, uint(4, crc32(lengths)), head, body]);
  return Buffer.concat([message, uint(4, crc32(message))]);
}

/** An event of ConverseStream. */
export const encodeEvent = (type: string, payload: unknown) =>
  encodeMessage(
    { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
    JSON.stringify(payload),
  );

function uint(bytes: number, value: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}
