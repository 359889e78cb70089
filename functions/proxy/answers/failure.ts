import type { GatewayError } from '../../_shared/errors.ts';
import { answerError } from '../../_shared/http/answer.ts';
import { errorEvent } from '../api.ts';
import type { Call } from '../call.ts';
import { replyHeaders } from './reply-headers.ts';

/**
 * Tells the client that its call failed, in its API's words. A stream that has begun ends with the
 * error as its last event and never with `[DONE]`, so that no client takes a part for the whole.
 */
export function answerFailure(call: Call, failure: GatewayError): void {
  const { response, api } = call;
  if (response.headersSent) {
    response.end(api.failures?.event(failure) ?? errorEvent(failure.body));
    return;
  }
  answerError(response, failure, replyHeaders(call, null), api.failures?.body?.(failure));
}
