/** Longer runs of letters are no words: Base64, hashes of hashes. */
export const longestWord = 64;

const others = /[\p{L}\p{N}\p{M}]+/gu;
/** Scripts that put no space between words; each character stands for itself. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const eachUnspaced = new RegExp(`${unspaced.source}|[^${unspaced.source.slice(1)}+`, 'gu');
// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is meant, all of it.
const onlyAscii = /^[\x00-\x7f]*$/;
const asciiWords = /[a-z0-9]+/g;

/** The words of a text as they are searched for: folded, without marks and order kept. */
export function wordsOf(text: string): string[] {
  if (onlyAscii.test(text)) {
    return (text.toLowerCase().match(asciiWords) ?? []).filter(
      (word) => word.length <= longestWord,
    );
  }
  return (text.normalize('NFKC').toLowerCase().match(others) ?? [])
    .flatMap((run) => (unspaced.test(run) ? (run.match(eachUnspaced) ?? []) : [run]))
    .filter((word) => word.length <= longestWord);
}

/** What is searched for: phrases, all of which must be there, each word after word. */
export function phrasesOf(query: string): string[][] {
  const phrases: string[][] = [];
  for (const [index, part] of query.split('"').entries()) {
    const isQuoted = index % 2 === 1;
    const texts = isQuoted ? [part] : part.split(/\s+/);
    for (const text of texts) {
      const words = wordsOf(text);
      if (words.length > 0) phrases.push(words);
    }
  }
  return phrases;
}

/** Whether words hold every phrase. */
export function holds(words: string[], phrases: string[][]): boolean {
  const line = ` ${words.join(' ')} `;
  return phrases.every((phrase) => line.includes(` ${phrase.join(' ')} `));
}
