import { GatewayError } from '../../_shared/errors.ts';
import { parseJson, readBody } from '../../_shared/http/body.ts';
import type { Call } from '../call.ts';
import { checkObject, checkRequest, isNoLog, modelIn } from '../request.ts';
import type { Step } from '../stairs.ts';

/** Reads and checks the body, after the caller is known: strangers cannot make us hold one. */
export function read({ maxBodyBytes }: { maxBodyBytes: number }): Step {
  return async function read(call, next) {
    const { api } = call;
    const given = api.method === 'POST' ? await readObject(call, maxBodyBytes) : withParams(call);
    call.model = modelIn(given);
    call.noLog = isNoLog(given);
    const asked = checkRequest(api.schema, given);
    call.asked = asked;
    // A path's id may be what names it.
    call.model = asked.model;
    await next();
  };
}

async function readObject(call: Call, limit: number): Promise<object> {
  const { 'content-encoding': encoding } = call.request.headers;
  if (encoding !== undefined && encoding !== 'identity') {
    throw new GatewayError(
      'invalid_request',
      `Request bodies with content-encoding ${encoding} are not accepted; send plain JSON.`,
      { status: 415 },
    );
  }
  const body = await readBody(call.request, limit);
  const given = checkObject(parseJson(body));
  // What is refused is in the books as well, with what was asked.
  call.text = body.toString('utf8');
  return Object.keys(call.params).length === 0 ? given : { ...given, ...call.params };
}

function withParams(call: Call): object {
  call.text = JSON.stringify(call.params);
  return { ...call.params };
}
