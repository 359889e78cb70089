import { expect, test } from 'vitest';
import { hashApiKey } from '../../_shared/secrets.ts';
import { aCall } from '../call.fixture.ts';
import { authenticate, createAuthenticator } from './authenticate.ts';

const masterKey = 'sk-master-0123456789-0123456789-01234567';
const authenticator = createAuthenticator({ masterKey });

test.each([
  ['as a bearer', { authorization: `Bearer ${masterKey}` }],
  ['in whatever case', { authorization: `bearer ${masterKey}` }],
  ['as Anthropic’s clients send it', { 'x-api-key': masterKey }],
  ['as Azure’s clients send it', { 'api-key': masterKey }],
  [
    'beside an authorization of another kind',
    { authorization: 'Basic eA==', 'x-api-key': masterKey },
  ],
])('a key is taken %s, and named by its hash', (_, headers) => {
  expect(authenticator(headers)).toMatchObject({ keyId: hashApiKey(masterKey) });
});

test.each([
  ['none', {}, /No API key was sent/],
  ['an empty bearer', { authorization: 'Bearer ' }, /No API key was sent/],
  ['a wrong one', { authorization: 'Bearer sk-wrong' }, /not valid/],
  [
    'the start of the right one',
    { authorization: `Bearer ${masterKey.slice(0, -1)}` },
    /not valid/,
  ],
  [
    'a wrong bearer beside a right x-api-key',
    { authorization: 'Bearer no', 'x-api-key': masterKey },
    /not valid/,
  ],
])('%s is refused, in words that do not repeat it', (_, headers, message) => {
  let refusal: unknown;
  try {
    authenticator(headers);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toMatchObject({ status: 401, message: expect.stringMatching(message) });
  expect((refusal as Error).message).not.toContain('sk-');
});

test('what comes after is only for those who are known', async () => {
  const step = authenticate({ authenticator });
  let went = 0;
  const next = async () => {
    went++;
  };
  const known = aCall({}, { authorization: `Bearer ${masterKey}` });
  await step(known, next);
  expect(known.principal?.keyAlias).toBe('master key');
  const stranger = aCall();
  await expect(step(stranger, next)).rejects.toMatchObject({ code: 'authentication' });
  expect(stranger.principal).toBeNull();
  expect(went).toBe(1);
});
