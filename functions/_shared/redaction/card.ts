import { passesLuhn } from './checksums.ts';
import type { Detector, Span } from './detector.ts';

/**
 * Digits in groups, as they may hold a card number: one space or hyphen between two groups. What
 * stands behind a decimal point is a fraction, and one in ten of those would pass.
 */
const run = /(?<!\d|\d[.,])\d(?:[ -]?\d){12,}/g;
const group = /\d+/g;
const [shortest, longest] = [13, 19];

/** The first digits of the schemes: Visa, Mastercard, American Express, Diners, JCB and the rest. */
const issuer = /^(?:2(?:2[2-9]|[3-6]|7[01]|720)|3[0-9]|4|5[0-8]|6)/;

/**
 * Card numbers by their issuer and check digit. One is made of whole groups, so that a number
 * beside it does not hide it, and a long row of digits holds none.
 */
export const findCards: Detector = (text) => {
  const spans: Span[] = [];
  for (const { 0: match, index: at } of text.matchAll(run)) {
    const groups = [...match.matchAll(group)];
    let first = 0;
    while (first < groups.length) {
      const count = groupsOfCard(groups, first);
      if (count > 0) {
        const [from, to] = [groups[first], groups[first + count - 1]];
        if (from && to) spans.push([at + from.index, at + to.index + to[0].length]);
      }
      first += Math.max(1, count);
    }
  }
  return spans;
};

/** Of how many groups, from the one at `first` on, a card number is made; 0 where there is none. */
function groupsOfCard(groups: RegExpExecArray[], first: number): number {
  let digits = '';
  for (let count = 1; digits.length < longest; count++) {
    const next = groups[first + count - 1];
    if (!next) return 0;
    digits += next[0];
    if (digits.length < shortest || digits.length > longest) continue;
    if (issuer.test(digits) && passesLuhn(digits)) return count;
  }
  return 0;
}
