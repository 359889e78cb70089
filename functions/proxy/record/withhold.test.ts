import { expect, test } from 'vitest';
import { aCall } from '../call.fixture.ts';
import { whyWithheld } from './withhold.ts';

const principal = { keyId: 'k', keyAlias: null, teamId: '', userId: '' };
const open = { withholdBodies: false, honourNoLog: true };
const header = 'x-litellm-enable-message-redaction';

test('bodies are recorded where nobody asks for less', () => {
  expect(whyWithheld(aCall({ principal }), open)).toBeNull();
  expect(whyWithheld(aCall({ principal }, { [header]: 'false' }), open)).toBeNull();
  expect(whyWithheld(aCall({ principal }, { [header]: '0' }), open)).toBeNull();
});

test('the gateway, the key and the request can each withhold them, and it is told which did', () => {
  const call = aCall({ principal });
  expect(whyWithheld(call, { ...open, withholdBodies: true })).toBe(
    'turn_off_message_logging is on',
  );
  expect(whyWithheld(aCall({ principal: { ...principal, withholdBodies: true } }), open)).toBe(
    'turn_off_message_logging is on for the key',
  );
  expect(whyWithheld(aCall({ noLog: true }), open)).toBe('the request said no-log');
  for (const name of [header, 'litellm-enable-message-redaction']) {
    expect(whyWithheld(aCall({}, { [name]: 'True' }), open)).toBe(`the request said ${name}`);
  }
});

test('a request is not heard where the gateway is told not to', () => {
  const deaf = { ...open, honourNoLog: false };
  expect(whyWithheld(aCall({ noLog: true }, { [header]: 'true' }), deaf)).toBeNull();
});

test('a request cannot turn on what was turned off', () => {
  const call = aCall({}, { 'litellm-disable-message-redaction': 'true' });
  expect(whyWithheld(call, { ...open, withholdBodies: true })).not.toBeNull();
});
