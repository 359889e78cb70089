import { GatewayError } from '../../_shared/errors.ts';
import { parseJson, readBody } from '../../_shared/http/body.ts';
import { checkObject, isNoLog, modelIn } from '../chat-request.ts';
import type { Step } from '../stairs.ts';

/** Reads and checks the body, after the caller is known: strangers cannot make us hold one. */
export function read({ maxBodyBytes }: { maxBodyBytes: number }): Step {
  return async function read(call, next) {
    const { 'content-encoding': encoding } = call.request.headers;
    if (encoding !== undefined && encoding !== 'identity') {
      throw new GatewayError(
        'invalid_request',
        `Request bodies with content-encoding ${encoding} are not accepted; send plain JSON.`,
        { status: 415 },
      );
    }
    const body = await readBody(call.request, maxBodyBytes);
    const given = checkObject(parseJson(body));
    // What is refused is in the books as well, with what was asked.
    call.text = body.toString('utf8');
    call.model = modelIn(given);
    call.noLog = isNoLog(given);
    call.asked = call.api.check(given, call.params);
    await next();
  };
}
