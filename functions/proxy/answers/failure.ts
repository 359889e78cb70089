import type { GatewayError } from '../../_shared/errors.ts';
import { answerError } from '../../_shared/http/answer.ts';
import type { Call } from '../call.ts';
import { replyHeaders } from './reply-headers.ts';

/**
 * Tells the client that its call failed. A stream that has begun ends with OpenAI's error object
 * as its last event and never with `[DONE]`, so that no client takes a part for the whole.
 */
export function answerFailure(call: Call, failure: GatewayError): void {
  const { response } = call;
  if (response.headersSent) {
    response.end(`data: ${JSON.stringify(failure.body)}\n\n`);
    return;
  }
  answerError(response, failure, replyHeaders(call, null));
}
