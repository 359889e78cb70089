import { afterEach, describe, expect, test } from 'vitest';
import { createLogger } from '../telemetry.ts';
import type { Passages } from './passages.ts';
import { createRedactor, type Redactor } from './redactor.ts';
import { noRules, type RedactionRules } from './rules.ts';

const open: Redactor[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((redactor) => redactor.close()));
});

async function start(rules: Partial<RedactionRules>): Promise<Redactor> {
  // The time-out is to be met only where a test is about it.
  const all = { ...noRules, timeoutMs: 20_000, ...rules };
  const redactor = await createRedactor(all, createLogger('test', 'silent'));
  open.push(redactor);
  return redactor;
}

const saying = (text: string): Passages => ({
  request: JSON.stringify({ text }),
  response: null,
  messages: [text],
});
const textOf = ({ request }: Passages) => (JSON.parse(request ?? 'null') as { text: string })?.text;

const employee = { employee: '(?i)\\bemp-\\d{6}\\b' };
const mail = 'jo@example.com';

/** RE2 is quick in one search, but this one finds each letter anew after a look at all that follow. */
const slow = { slow: '(?:a*b)|a' };
const longWork = 'a'.repeat(100_000);

describe('the redactor', () => {
  test('does nothing where nothing is asked for', async () => {
    const redactor = await start({ patterns: employee });
    const given = saying(`${mail} EMP-123456`);
    expect(await redactor.redact(given)).toEqual({ ...given, counts: {}, withheld: null });
  });

  test('redacts bodies and messages, and counts', async () => {
    const redactor = await start({ apply: ['email'] });
    expect(await redactor.redact(saying(`to ${mail}`))).toEqual({
      request: '{"text":"to [REDACTED:email]"}',
      response: null,
      messages: ['to [REDACTED:email]'],
      counts: { email: 2 },
      withheld: null,
    });
  });

  test('takes more for one key than for all', async () => {
    const redactor = await start({ apply: ['email'], patterns: employee });
    const given = saying(`${mail} emp-123456 4111111111111111`);
    expect(textOf(await redactor.redact(given, ['employee']))).toBe(
      '[REDACTED:email] [REDACTED:employee] 4111111111111111',
    );
    expect(textOf(await redactor.redact(given, ['card', 'email']))).toBe(
      '[REDACTED:email] emp-123456 [REDACTED:card]',
    );
  });

  test('withholds what a key wants redacted by a pattern that is not there', async () => {
    const redactor = await start({});
    expect(await redactor.redact(saying('secret'), ['gone'])).toEqual({
      request: null,
      response: null,
      messages: ['[REDACTED]'],
      counts: {},
      withheld: 'no redaction pattern is named gone',
    });
  });

  test('redacts long texts too, in a thread, and goes on meanwhile', async () => {
    const redactor = await start({ apply: ['email', 'card'] });
    const filler = 'All work and no play. '.repeat(250_000);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const redacted = await redactor.redact(saying(`${filler}${mail}`));
    clearInterval(timer);
    expect(textOf(redacted)).toBe(`${filler}[REDACTED:email]`);
    expect(turns).toBeGreaterThan(0);
  });

  test('an own pattern keeps half an emoji and whole ones apart', async () => {
    const redactor = await start({ apply: ['dots'], patterns: { dots: 'x..' } });
    expect(textOf(await redactor.redact(saying('👋x👋👋 \ud83d x\ud83dab')))).toBe(
      '👋[REDACTED:dots] \ud83d [REDACTED:dots]b',
    );
  });

  test('a pattern that ruins other engines is as quick as any', async () => {
    const redactor = await start({ apply: ['evil'], patterns: { evil: '(a+)+$' } });
    const text = `${'a'.repeat(60_000)}!`;
    expect(textOf(await redactor.redact(saying(text)))).toBe(text);
    expect(textOf(await redactor.redact(saying('aaaa')))).toBe('[REDACTED:evil]');
  });

  test('withholds the bodies when it takes too long', async () => {
    const redactor = await start({ apply: ['slow'], patterns: slow, timeoutMs: 1500 });
    const redacted = await redactor.redact(saying(longWork));
    expect(redacted).toEqual({
      request: null,
      response: null,
      messages: ['[REDACTED]'],
      counts: {},
      withheld: 'the redaction took over 1500 ms',
    });
  });

  test('goes on in a new thread after one that was ended', async () => {
    const redactor = await start({ apply: ['slow'], patterns: slow, timeoutMs: 5000 });
    await redactor.redact(saying(longWork));
    expect(textOf(await redactor.redact(saying('xaab')))).toBe('x[REDACTED:slow]');
  });

  test('closes while it works, and nobody waits for ever', async () => {
    const redactor = await start({ apply: ['slow'], patterns: slow });
    const results = [redactor.redact(saying(longWork)), redactor.redact(saying('aab'))];
    await redactor.close();
    for (const { withheld, request } of await Promise.all(results)) {
      expect(request).toBeNull();
      expect(withheld).toBe('the gateway stopped before the redaction');
    }
  });

  test.each([
    ['(', /redaction\.patterns\.own is not right: missing closing \)/],
    ['(?=a)b', /own is not right: .*no look-around/],
    ['(a)\\1', /own is not right: .*no back-reference/],
    ['x*', /own is not right: it matches the empty text/],
    ['(x{0,1000}){0,1000}y', /own is not right: expression too large/],
  ])('refuses the pattern %s, saying why', async (own, message) => {
    await expect(start({ patterns: { own } })).rejects.toThrow(message);
  });
});
