import { expect, test } from 'vitest';
import { chatRequest } from './chat-request.ts';
import { checkRequest } from './request.ts';

const hello = [{ role: 'user', content: 'Hello!' }];

test.each([
  [{ model: 'm' }, 'messages', "Missing required parameter: 'messages'."],
  [{ model: 5, messages: hello }, 'model', "Invalid 'model': expected string, received number."],
  [
    { model: 'm', messages: hello, stream: 'yes' },
    'stream',
    "Invalid 'stream': expected boolean, received string.",
  ],
  [
    { model: 'm', messages: [{ role: 'user', content: 5 }] },
    'messages[0].content',
    "Invalid 'messages[0].content': expected a string or an array of at most 10000 content parts, each with a type.",
  ],
  [
    { model: 'm', messages: [{ role: 'user', content: [{ text: 'Hello!' }] }] },
    'messages[0].content',
    /content parts, each with a type\.$/,
  ],
])('%j is refused: it names %s and what it should be', (given, param, message) => {
  expect(() => checkRequest(chatRequest, given)).toThrow(
    expect.objectContaining({
      code: 'invalid_request',
      message: typeof message === 'string' ? message : expect.stringMatching(message),
      body: { error: expect.objectContaining({ param }) },
    }),
  );
});

test('what we neither act on nor count passes as it is', () => {
  const given = { model: 'm', messages: hello, logit_bias: { 50256: -100 }, seed: 'any' };
  expect(checkRequest(chatRequest, given)).toEqual(given);
});
