import { passesMod97 } from './checksums.ts';
import type { Detector, Span } from './detector.ts';

/** How long an IBAN is, by country (SWIFT's IBAN registry, release 99). */
const lengths: Record<string, number> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 ' +
    'DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 ' +
    'IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 ' +
    'MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 ' +
    'SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

const beginning = /(?<![a-z\d])[a-z]{2}\d{2}(?=[ -]?[a-z\d])/gi;
const separated = /[ -]?[a-z\d]/iy;

/** Account numbers by their country's length and their check digits, in groups or in one piece. */
export const findIbans: Detector = (text) => {
  const spans: Span[] = [];
  for (const { 0: head, index } of text.matchAll(beginning)) {
    const end = endOfIban(text, index, head.toUpperCase());
    if (end !== null) spans.push([index, end]);
  }
  return spans;
};

function endOfIban(text: string, start: number, head: string): number | null {
  const length = lengths[head.slice(0, 2)];
  if (length === undefined) return null;
  let iban = head;
  separated.lastIndex = start + head.length;
  let end = separated.lastIndex;
  while (iban.length < length) {
    const next = separated.exec(text);
    if (!next) return null;
    iban += next[0].at(-1)?.toUpperCase();
    end = separated.lastIndex;
  }
  const goesOn = /[a-z\d]/i.test(text[end] ?? '');
  return !goesOn && passesMod97(iban) ? end : null;
}
