import { expect, test } from 'vitest';
import { failureTitle } from './failure-title.ts';

test.each([
  [0, null, 'The chat cannot be reached'],
  [200, 'upstream_interrupted', 'The answer broke off'],
  [400, 'invalid_request', 'The question was not accepted'],
  [401, 'invalid_api_key', 'The gateway did not let the chat in'],
  [404, 'model_not_found', 'The gateway does not have this model'],
  [429, 'rate_limit_exceeded', 'Too many calls at the moment'],
  [502, 'upstream_unreachable', 'There is nobody to answer'],
  [502, null, 'The call failed'],
  [504, 'upstream_timeout', 'The answer took too long'],
])('%s %s reads "%s"', (status, code, title) => {
  expect(failureTitle({ status, code, message: '', retryAfter: null })).toBe(title);
});
