import { expect, test } from 'vitest';
import { GatewayError } from '../../_shared/errors.ts';
import { failureKind, isNoneOfIts } from './failure-kind.ts';
import { failureOf } from './routing.fixture.ts';

test.each([
  [429, 'rate_limit'],
  [401, 'authentication'],
  [403, 'authentication'],
  [404, 'not_found'],
  [408, 'timeout'],
  [504, 'timeout'],
  [500, 'internal'],
  [502, 'internal'],
  [400, 'bad_request'],
  [422, 'bad_request'],
])('%i is %s', (status, kind) => expect(failureKind(failureOf(status))).toBe(kind));

test.each([
  ['context_length_exceeded', 'It is too long.', 'context_window'],
  [null, "This model's maximum context length is 8192 tokens.", 'context_window'],
  [null, 'prompt is too long: 205044 tokens > 200000 maximum', 'context_window'],
  [null, 'Input is too long for requested model.', 'context_window'],
  [
    null,
    'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    'context_window',
  ],
  ['content_policy_violation', 'No.', 'content_policy'],
  ['content_filter', 'No.', 'content_policy'],
  [
    null,
    "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
    'content_policy',
  ],
  [null, 'Your request was rejected as a result of our safety system.', 'content_policy'],
  ['unsupported_value', "'n' is 7.", 'bad_request'],
])('a 400 with %s and "%s" is %s', (upstreamCode, message, kind) => {
  const failure = new GatewayError('upstream', message, { status: 400, upstreamCode });
  expect(failureKind(failure)).toBe(kind);
});

test('a caller that left, and a fault of ours, say nothing of the deployment', () => {
  expect(isNoneOfIts(new GatewayError('client_closed', 'Gone.'))).toBe(true);
  expect(isNoneOfIts(new GatewayError('internal', 'Ours.'))).toBe(true);
  expect(isNoneOfIts(failureOf(500))).toBe(false);
});
