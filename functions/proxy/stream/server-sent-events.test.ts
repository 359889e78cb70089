import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEventReader } from './server-sent-events.ts';

const read = (chunks: Buffer[]) => {
  const reader = createEventReader({ limit: 10_000 });
  return chunks.flatMap((chunk) => reader.push(chunk));
};

const streams: Record<string, [stream: string, data: (string | null)[]]> = {
  'line feeds': ['data: {"a":1}\n\ndata: [DONE]\n\n', ['{"a":1}', '[DONE]']],
  'carriage return and line feed': ['data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
  'carriage returns': ['data: a\r\rdata: b\r\r', ['a', 'b']],
  'several data lines': ['data: a\ndata: b\n\n', ['a\nb']],
  'no space after the colon': ['data:a\n\n', ['a']],
  'comments and other fields': [': ping\n\nevent: x\nid: 7\ndata: a\n\n', [null, 'a']],
  'an event with its name': ['event: x\ndata: a\n\nevent: y\r\ndata: b\r\n\r\n', ['a', 'b']],
  'a name and several data lines': ['event: x\ndata: a\ndata: b\n\n', ['a\nb']],
  'a name alone': ['event: data: a\n\n', [null]],
  'characters of every length': ['data: zß水🎉\n\n', ['zß水🎉']],
};

test.each(Object.entries(streams))('%s, cut at every byte', (_case, [stream, expected]) => {
  const bytes = Buffer.from(stream);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const events = read([bytes.subarray(0, cut), bytes.subarray(cut)]);
    expect(events.map((event) => event.data)).toEqual(expected);
    expect(events.map((event) => event.text).join('')).toBe(stream);
  }
  const single = read([...bytes].map((byte) => Buffer.from([byte])));
  expect(single.map((event) => event.data)).toEqual(expected);
});

test('however it is cut, the events are the same', () => {
  const stream = Buffer.from(
    Object.values(streams)
      .map(([text]) => text)
      .join(''),
  );
  const whole = read([stream]);
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 12 }), (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), stream.length];
      const chunks = places.slice(1).map((end, index) => stream.subarray(places[index], end));
      expect(read(chunks)).toEqual(whole);
    }),
  );
});

test('keeps what is not whole yet', () => {
  const reader = createEventReader({ limit: 100 });
  expect(reader.push(Buffer.from('data: a\n\ndata: b'))).toHaveLength(1);
  expect(reader.rest).toBe('data: b');
});

test('an event without an end is refused at the limit', () => {
  const reader = createEventReader({ limit: 100 });
  expect(() => reader.push(Buffer.alloc(101, 'x'))).toThrow(RangeError);
});
