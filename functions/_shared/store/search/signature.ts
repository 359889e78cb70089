import { HashSet } from './hash-set.ts';
import { longestWord, wordsOf } from './words.ts';

/**
 * A Bloom filter of the words in a block of payloads. It says for sure that a word is not there,
 * and of one that is not, about 1 in 80 times that it may be. At some 10 bits a word it is a tenth
 * of an index of all words, costs a tenth to write, is the same bytes in every database, and is
 * gone when the block is.
 */
const bitsAWord = 10;
const probes = 4;
const fewestBytes = 64;

const hashStart = 0x811c9dc5;
const hashPrime = 0x01000193;

/** FNV-1a of UTF-16 code units. */
function hashOf(word: string): number {
  let hash = hashStart;
  for (let index = 0; index < word.length; index++) {
    hash = Math.imul(hash ^ word.charCodeAt(index), hashPrime);
  }
  return hash >>> 0;
}

/** Murmur3's finalizer: a second hash from the first. Odd, so that its multiples reach every bit. */
function stepOf(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) | 1) >>> 0;
}

/** What a word's bits are computed from, before the signature's length is known. */
export interface WordProbe {
  hash: number;
  step: number;
}

export function probeOf(word: string): WordProbe {
  const hash = hashOf(word);
  return { hash, step: stepOf(hash) };
}

/** Numbers whose remainders by the count of bits are the places of a word's bits. */
export const sumsOf = ({ hash, step }: WordProbe): number[] =>
  Array.from({ length: probes }, (_, index) => hash + index * step);

/** The signature of all words in texts; bit n is in byte n / 8, the lowest first. */
export function createSignature(texts: Iterable<string>): Buffer {
  const hashes = new HashSet();
  for (const text of texts) addHashes(text, hashes);
  const bytes = Buffer.alloc(Math.max(fewestBytes, Math.ceil((hashes.size * bitsAWord) / 8)));
  const bits = bytes.length * 8;
  for (const hash of hashes) {
    const step = stepOf(hash);
    for (let index = 0; index < probes; index++) {
      const place = (hash + index * step) % bits;
      bytes[place >>> 3] = (bytes[place >>> 3] as number) | (1 << (place & 7));
    }
  }
  return bytes;
}

/**
 * The hashes of a text's words. While it is ASCII they are taken from it as it is read: cutting
 * out each word first takes five times as long, and this is done for every record.
 */
function addHashes(text: string, hashes: HashSet): void {
  let hash = hashStart;
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 127) {
      for (const word of wordsOf(text)) hashes.add(hashOf(word));
      return;
    }
    const isDigit = code >= 48 && code <= 57;
    const isUpper = code >= 65 && code <= 90;
    const isLower = code >= 97 && code <= 122;
    if (isDigit || isUpper || isLower) {
      hash = Math.imul(hash ^ (isUpper ? code + 32 : code), hashPrime);
      length++;
    } else if (length > 0) {
      if (length <= longestWord) hashes.add(hash >>> 0);
      hash = hashStart;
      length = 0;
    }
  }
  if (length > 0 && length <= longestWord) hashes.add(hash >>> 0);
}

/** Whether all these words may be there. */
export function mayHold(signature: Uint8Array, words: WordProbe[]): boolean {
  const bits = signature.length * 8;
  for (const { hash, step } of words) {
    for (let index = 0; index < probes; index++) {
      const place = (hash + index * step) % bits;
      if ((((signature[place >>> 3] as number) >> (place & 7)) & 1) === 0) return false;
    }
  }
  return true;
}
