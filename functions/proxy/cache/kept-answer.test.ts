import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aKeptAnswer } from './kept-answer.fixture.ts';
import { decodeAnswer, encodeAnswer } from './kept-answer.ts';

test('comes back as it was kept', () => {
  fc.assert(
    fc.property(
      fc.record({
        text: fc.string({ unit: 'grapheme' }).map((content) => JSON.stringify({ content })),
        responseId: fc.option(fc.string({ unit: 'grapheme' })),
        cost: fc.option(fc.nat()),
      }),
      (fields) => {
        const kept = aKeptAnswer(fields);
        expect(decodeAnswer(encodeAnswer(kept))).toEqual(kept);
      },
    ),
  );
});

test('cut short anywhere it is none', () => {
  const whole = encodeAnswer(aKeptAnswer({ text: '{"content":"Zwölf Boxkämpfer"}' }));
  for (let length = 0; length < whole.length; length++) {
    expect(decodeAnswer(whole.subarray(0, length))).toBeNull();
  }
});

test.each(['', '\n', 'null\n', '{"version":2}\n{}', '[]', '\u0000\u0001\n'])(
  '%j is none',
  (value) => {
    expect(decodeAnswer(Buffer.from(value))).toBeNull();
  },
);
