import { expect, test } from 'vitest';
import { passesLuhn, passesMod97 } from './checksums.ts';

test.each(['4111111111111111', '378282246310005', '79927398713', '0'])(
  '%s passes Luhn',
  (digits) => {
    expect(passesLuhn(digits)).toBe(true);
  },
);

test.each(['4111111111111112', '4111111111111121', '79927398710', '1'])(
  '%s does not pass Luhn',
  (digits) => {
    expect(passesLuhn(digits)).toBe(false);
  },
);

test.each(['GB82WEST12345698765432', 'DE89370400440532013000', 'NO9386011117947'])(
  '%s passes MOD 97',
  (iban) => {
    expect(passesMod97(iban)).toBe(true);
    const swapped = `${iban.slice(0, -2)}${iban.at(-1)}${iban.at(-2)}`;
    expect(passesMod97(swapped)).toBe(swapped === iban);
  },
);
