import type { Failure } from './exchange.ts';

/** What went wrong, in the words of someone who asked a question. The message tells the rest. */
export function failureTitle({ status, code }: Failure): string {
  if (status === 0) return 'The chat cannot be reached';
  if (status === 200) return 'The answer broke off';
  if (code === 'upstream_unreachable') return 'There is nobody to answer';
  if (status === 401 || status === 403) return 'The gateway did not let the chat in';
  if (status === 404) return 'The gateway does not have this model';
  if (status === 408 || status === 504) return 'The answer took too long';
  if (status === 429) return 'Too many calls at the moment';
  if (status < 500) return 'The question was not accepted';
  return 'The call failed';
}
