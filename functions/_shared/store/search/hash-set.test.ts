import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HashSet } from './hash-set.ts';

test('holds what a Set holds, however much it is and however alike', () => {
  const hash = fc.oneof(
    fc.nat({ max: 0xffffffff }),
    fc.nat({ max: 40 }).map((high) => (high << 16) >>> 0),
  );
  fc.assert(
    fc.property(fc.array(hash, { maxLength: 6000, size: 'max' }), (hashes) => {
      const set = new HashSet();
      for (const each of hashes) set.add(each);
      const expected = new Set(hashes);
      expect(set.size).toBe(expected.size);
      expect(new Set(set)).toEqual(expected);
    }),
    { numRuns: 20 },
  );
});
