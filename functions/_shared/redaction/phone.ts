import { byPattern, type Detector } from './detector.ts';

/**
 * Numbers that can hardly be anything else. A bare row of digits is none: ids, amounts and times
 * look the same.
 */
const shapes = [
  // +49 (0)30 1234567, 0044 20 7946 0958
  /(?<![\w+])(?:\+ ?|00)[1-9](?:[ ()./-]{0,3}\d){6,14}(?!\d)/,
  // (212) 555-0142, 1-212-555-0142, 212.555.0142
  /(?<![\w.-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4}(?![\w-])/,
  // 06 12 34 56 78
  /(?<![\w.+-])0[1-9](?:[ .-]\d{2}){4}(?!\d)/,
  // 030 1234567, 0171/123 45 67, (030) 123-4567
  /(?<![\w.,+-])(?:\(0[1-9]\d{0,4}\)|0[1-9]\d{1,3})(?:[ /-]{1,3}\d{2,8}){1,4}(?!\d)/,
  // 01711234567
  /(?<![\w.,+-])0[1-9]\d{8,9}(?![\w-])/,
];

/** The shortest number with its area code, and the longest of E.164. */
const [fewestDigits, mostDigits] = [7, 15];

export const findPhones: Detector = byPattern(
  new RegExp(shapes.map(({ source }) => source).join('|'), 'g'),
  (match) => {
    const digits = match.replace(/\D/g, '').length;
    return digits >= fewestDigits && digits <= mostDigits;
  },
);
