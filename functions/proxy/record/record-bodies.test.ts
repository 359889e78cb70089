import { afterAll, expect, test } from 'vitest';
import { createRedactor } from '../../_shared/redaction/redactor.ts';
import { createLogger } from '../../_shared/telemetry.ts';
import { aCall } from '../call.fixture.ts';
import { recordBodies } from './record-bodies.ts';

const redactor = await createRedactor(
  { apply: ['email'], patterns: {}, timeoutMs: 20_000 },
  createLogger('test', 'silent'),
);
afterAll(() => redactor.close());

const rules = { withholdBodies: false, honourNoLog: true, bodiesMaxBytes: 8192, redactor };
const mail = 'jo@example.com';
const text = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: mail }] });
const answer = {
  body: { choices: [{ message: { content: `Dear ${mail}` } }] },
  text: null,
  tokens: null,
  responseId: null,
  finishReason: null,
  completion: () => '',
  finish: () => {},
};

test('bodies and messages are redacted, and the call itself is not', async () => {
  const call = aCall({ text, answer });
  expect(await recordBodies(call, [`no ${mail}`], rules)).toEqual({
    request: text.replace(mail, '[REDACTED:email]'),
    response: JSON.stringify(answer.body).replace(mail, '[REDACTED:email]'),
    messages: ['no [REDACTED:email]'],
    withheld: 'redacted: 3 email',
  });
  expect(call.text).toBe(text);
  expect(call.answer?.body).toEqual({ choices: [{ message: { content: `Dear ${mail}` } }] });
});

test('what a key has redacted is redacted beside the rest', async () => {
  const principal = { keyId: 'k', keyAlias: null, teamId: '', userId: '', redact: ['card'] };
  const call = aCall({ text: `{"content":"${mail} 4111 1111 1111 1111"}`, principal });
  expect(await recordBodies(call, [], rules)).toMatchObject({
    request: '{"content":"[REDACTED:email] [REDACTED:card]"}',
    withheld: 'redacted: 1 email, 1 card',
  });
});

test('bodies that are not wanted are left out, and messages redacted all the same', async () => {
  const call = aCall({ text, answer, noLog: true });
  expect(await recordBodies(call, [mail], rules)).toEqual({
    request: null,
    response: null,
    messages: ['[REDACTED:email]'],
    withheld: 'the request said no-log; redacted: 1 email',
  });
});

test('a body that is too large is left out, also one that redaction made so', async () => {
  const large = JSON.stringify({ content: 'x'.repeat(10_000) });
  const grown = JSON.stringify({ content: 'a@b.co '.repeat(1000) });
  for (const each of [large, grown]) {
    const kept = await recordBodies(aCall({ text: each, answer }), [], rules);
    expect(kept.request).toBeNull();
    expect(kept.response).toContain('[REDACTED:email]');
    expect(kept.withheld).toContain('request over the 8192 bytes that a record may hold');
  }
});
