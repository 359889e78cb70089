import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSignature, mayHold, probeOf, sumsOf } from './signature.ts';
import { wordsOf } from './words.ts';

const holdsAll = (signature: Buffer, words: string[]) => mayHold(signature, words.map(probeOf));

test('whatever words a text has, its signature holds them all', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme-composite' }),
    fc.constantFrom('Hello', 'WORLD 42', 'naïve', '請求書', 'a'.repeat(64), 'b'.repeat(65), ' '),
  );
  fc.assert(
    fc.property(fc.array(fc.array(piece)), (texts) => {
      const joined = texts.map((pieces) => pieces.join(' '));
      const signature = createSignature(joined);
      expect(holdsAll(signature, joined.flatMap(wordsOf))).toBe(true);
    }),
  );
});

test('of words that are not there, it takes about one in eighty for one that may be', () => {
  const signature = createSignature([
    Array.from({ length: 5000 }, (_, index) => `there${index}`).join(' '),
  ]);
  const others = Array.from({ length: 20_000 }, (_, index) => `absent${index}`);
  const taken = others.filter((word) => holdsAll(signature, [word])).length;
  expect(taken / others.length).toBeLessThan(1 / 50);
  expect(signature.length).toBe(6250);
});

test('its bits are where a database looks for them', () => {
  const signature = createSignature(['one two']);
  for (const sum of sumsOf(probeOf('two'))) {
    const place = sum % (signature.length * 8);
    expect((signature[place >>> 3] as number) & (1 << (place & 7))).not.toBe(0);
  }
});
