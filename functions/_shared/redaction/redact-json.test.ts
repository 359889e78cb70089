import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtIn } from './built-in.ts';
import { redactJson } from './redact-json.ts';
import type { Counts } from './redact-text.ts';

const detectors = new Map(Object.entries(builtIn));
const mail = 'jo@example.com';
const redact = (json: string, counts: Counts = {}) => redactJson(json, detectors, counts);
const redactValue = (value: unknown) => JSON.parse(redact(JSON.stringify(value))) as unknown;

/** The same, with every leaf told by its type only. */
const shapeOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shapeOf(each)]));
};

describe('JSON that is redacted', () => {
  test('changes in its string values and nowhere else', () => {
    const counts = {};
    expect(
      redact(`{ "a" : "to ${mail}!",\n"n": 1.50, "${mail}": [ "x", "${mail}" ] }`, counts),
    ).toBe(`{ "a" : "to [REDACTED:email]!",\n"n": 1.50, "${mail}": [ "x", "[REDACTED:email]" ] }`);
    expect(counts).toEqual({ email: 2 });
  });

  test('is redacted as it reads, not as it is written', () => {
    expect(redact('"jo\\u0040example.com"')).toBe('"[REDACTED:email]"');
    expect(redact('"\\n\\"jo@example.com\\\\"')).toBe('"\\n\\"[REDACTED:email]\\\\"');
    expect(redact('["\\\\","\\"","jo@example.com"]')).toBe('["\\\\","\\"","[REDACTED:email]"]');
  });

  test('may hold JSON in a string, which is JSON still', () => {
    const text = `mail:\n${mail}`;
    const deep = JSON.stringify({ log: JSON.stringify([{ text }]), id: 1 });
    const { args } = redactValue({ args: deep }) as { args: string };
    expect(JSON.parse(JSON.parse(args).log)).toEqual([{ text: 'mail:\n[REDACTED:email]' }]);
    expect(redactValue({ args: deep.slice(0, -4) })).not.toEqual({ args: deep.slice(0, -4) });
  });

  test('may be nested deeper than a stack reaches, in a string too', () => {
    const deep = `${'['.repeat(200_000)}"${mail}"${']'.repeat(200_000)}`;
    expect(redact(deep)).toBe(deep.replace(mail, '[REDACTED:email]'));
    expect(redactValue(deep)).toBe(deep.replace(mail, '[REDACTED:email]'));
  });

  test('keeps numbers, all but card numbers, with all their digits', () => {
    const json =
      '{"id":12345678901234567890,"x":0.4111111111111111,"y":4111111111111111e2,"z":-4111111111111111}';
    expect(redact(json)).toBe(json);
    expect(redact('[4111111111111111,1]')).toBe('["[REDACTED:card]",1]');
    expect(redact('4111111111111111')).toBe('"[REDACTED:card]"');
  });

  test('keeps half an emoji as it is', () => {
    expect(redact(`"\\ud83d ${mail} 👋"`)).toBe('"\\ud83d [REDACTED:email] 👋"');
    expect(redact('"\\ud83d"')).toBe('"\\ud83d"');
  });

  test('has the shape it had, and where nothing is found every byte', () => {
    const word = fc.oneof(fc.string({ unit: 'binary' }), fc.constant(mail), fc.constant('👋'));
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        word,
        fc.array(word).map((words) => words.join(' ')),
        // None that could be a card's, which becomes a string: told above.
        fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(word, tie('any'), { maxKeys: 4 }),
      ),
    })).any;
    fc.assert(
      fc.property(value, fc.constantFrom(0, 2), (given, indent) => {
        const json = JSON.stringify(given, null, indent);
        const counts: Counts = {};
        const redacted = redact(json, counts);
        expect(shapeOf(JSON.parse(redacted))).toEqual(shapeOf(JSON.parse(json)));
        if (Object.keys(counts).length === 0) expect(redacted).toBe(json);
        else expect(redacted).not.toBe(json);
        expect(redact(redacted)).toBe(redacted);
      }),
      { numRuns: 300 },
    );
  });

  test('holds no value any more that is looked for', () => {
    const around = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(around, around, (before, after) => {
        const json = redact(JSON.stringify([`${before} ${mail} ${after}`]));
        expect(JSON.stringify(JSON.parse(json))).not.toContain(mail);
      }),
    );
  });
});
