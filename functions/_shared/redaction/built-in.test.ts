import { describe, expect, test } from 'vitest';
import { builtIn } from './built-in.ts';
import { redactText } from './redact-text.ts';

type Kind = keyof typeof builtIn;

const found = (kind: Kind, text: string) =>
  builtIn[kind](text).map(([start, end]) => text.slice(start, end));

/** Shapes are put together here: a scanner of sources should find no key in this one. */
const of = (length: number, letters = 'aB3dE6gH9') =>
  letters.repeat(Math.ceil(length / letters.length)).slice(0, length);
const pem = (label: string) =>
  `-----BEGIN ${label}-----\nMIIEvQIBADANBg\n${of(60)}\n-----END ${label}-----`;

const hits: Record<Kind, string[]> = {
  email: [
    'jo@example.com',
    'first.last+tag@sub.example.co.uk',
    "o'brien@example.ie",
    'jürgen@exämple.de',
    '用户@例子.公司',
    'a@xn--80ak6aa92e.xn--p1ai',
  ],
  phone: [
    '+14155552671',
    '+49 (0)30 1234567',
    '0044 20 7946 0958',
    '(212) 555-0142',
    '1-212-555-0142',
    '212.555.0142',
    '06 12 34 56 78',
    '030 1234567',
    '0171/123 45 67',
    '01711234567',
  ],
  card: [
    '4111111111111111',
    '4111 1111 1111 1111',
    '5555-5555-5555-4444',
    '2223003122003222',
    '378282246310005',
    '3782 822463 10005',
    '30569309025904',
    '6011111111111117',
    '3530111333300000',
    '6304000000000000',
  ],
  iban: [
    'DE89370400440532013000',
    'DE89 3704 0044 0532 0130 00',
    'gb82 west 1234 5698 7654 32',
    'NO93 8601 1117 947',
    'MT84MALT011000012345MTLCAST001S',
    'FR14 2004 1010 0505 0001 3M02 606',
  ],
  token: [
    `sk-${of(48)}`,
    `sk-proj-${of(60)}`,
    `sk-ant-api03-${of(80)}`,
    `sk_live_${of(24)}`,
    `whsec_${of(32)}`,
    `AKIA${of(16, 'ABCDEFG234567')}`,
    `ghp_${of(36)}`,
    `github_pat_${of(82)}`,
    `glpat-${of(20)}`,
    `xoxb-${of(12, '0123456789')}-${of(24)}`,
    `https://hooks.slack.com/services/T${of(8)}/B${of(8)}/${of(24)}`.slice('https://'.length),
    `AIza${of(35)}`,
    `eyJ${of(20)}.eyJ${of(40)}.${of(43)}`,
    `eyJ${of(20)}.eyJ${of(40)}.`,
    `eyJ${of(20)}.${of(40)}.${of(16)}.${of(60)}.${of(22)}`,
    `hf_${of(34)}`,
    `gsk_${of(52)}`,
    `npm_${of(36)}`,
    `SG.${of(22)}.${of(43)}`,
    `dop_v1_${of(64, 'abcdef0123')}`,
    pem('PRIVATE KEY'),
    pem('RSA PRIVATE KEY'),
    pem('OPENSSH PRIVATE KEY'),
    pem('PGP PRIVATE KEY BLOCK'),
  ],
};

const misses: Record<Kind, string[]> = {
  email: ['jo@localhost', '@example.com', 'jo@', 'a @ b.c', 'npm i left@1.2.3', '10@2.5'],
  phone: [
    '2024-10-05 12:30',
    '05.10.2024 12:30',
    '01-02-2024',
    '1730000000000',
    '192.168.178.100',
    '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
    '0.0171123456',
    'version 1.2.345',
    '$1,234,567.89',
  ],
  card: [
    '4111111111111112',
    '1234567812345670',
    '1730000000000',
    '0.4111111111111111',
    '41111111111111111111111111',
    '4111 1111 1111',
  ],
  iban: [
    'DE89370400440532013001',
    'DE8937040044053201300',
    'XX89370400440532013000',
    'DE89 3704 0044 0532 0130 0',
    'DE893704004405320130001',
  ],
  token: [
    'sk-learn-makes-models-of-many-kinds',
    'task-1234567890123456',
    'the sk-short1',
    'AKIAlowercase234567x',
    'eyJhbGciOiJIUzI1NiJ9',
    '-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----',
    `-----BEGIN ${'PUBLIC KEY'}-----\nMIID\n-----END PUBLIC KEY-----`,
    'Bearer of good news, whoever they may be',
  ],
};

describe.each(Object.keys(builtIn) as Kind[])('%s', (kind) => {
  test.each(hits[kind])('is %s', (hit) => {
    expect(found(kind, hit)).toEqual([hit]);
    expect(found(kind, `"${hit}" und (${hit}), ${hit}\n`)).toEqual([hit, hit, hit]);
    expect(found(kind, `Grüße 👋🏽 an ${hit} 👋🏽`)).toEqual([hit]);
  });

  test.each(misses[kind])('is not %s', (miss) => {
    expect(found(kind, miss)).toEqual([]);
    expect(found(kind, `see ${miss} there`)).toEqual([]);
  });

  test('is not missed behind or between what only looks like it', () => {
    const hit = hits[kind][0] as string;
    for (const miss of misses[kind]) {
      expect(found(kind, `${miss}, ${hit}; ${miss}`)).toContain(hit);
    }
  });

  test('takes a time that goes with the length of the text, whatever it holds', () => {
    const pieces = [
      'a',
      "a'",
      'a.',
      'a@',
      '1',
      '1 ',
      '-eyJ',
      '-sk-',
      '+1 ',
      '(0',
      'DE89 ',
      '012 12 ',
    ];
    for (const piece of [...pieces, '-----BEGIN PRIVATE KEY-----', 'ü', '\\', 'bearer ']) {
      const text = piece.repeat(64_000 / piece.length);
      const before = process.threadCpuUsage();
      builtIn[kind](text);
      const { user, system } = process.threadCpuUsage(before);
      // What goes with the square takes seconds; the slowest of these took 80 ms. It is the
      // thread's own time, which a busy machine does not lengthen.
      expect((user + system) / 1000, piece).toBeLessThan(1000);
    }
  });
});

test('a card number is found beside other numbers', () => {
  expect(found('card', 'order 12 4111 1111 1111 1111 123 of 2024')).toEqual([
    '4111 1111 1111 1111',
  ]);
});

test('a private key that is cut off is replaced to the end', () => {
  const text = `my key: ${pem('PRIVATE KEY').slice(0, 60)}`;
  expect(redactText(text, new Map([['token', builtIn.token]]), {})).toBe(
    'my key: [REDACTED:token]',
  );
});

test('what follows Bearer goes, the word stays', () => {
  const header = `Authorization: Bearer ${of(32)}`;
  expect(found('token', header)).toEqual([of(32)]);
});

test('finds that overlap are replaced as one, and what is replaced is not looked at again', () => {
  const counts = {};
  const detectors = new Map(Object.entries(builtIn));
  const text = 'jo@example.com, sk-0123456789abcdef0123@example.com, 4111111111111111';
  const once = redactText(text, detectors, counts);
  expect(once).toBe('[REDACTED:email], [REDACTED:email], [REDACTED:card]');
  expect(counts).toEqual({ email: 2, card: 1 });
  expect(redactText(once, detectors, {})).toBe(once);
});
