import { GatewayError } from '../../_shared/errors.ts';
import { parseJson, readBody } from '../../_shared/http/body.ts';
import { queryOf } from '../../_shared/http/router.ts';
import type { Call } from '../call.ts';
import { checkObject, checkRequest, isNoLog, modelIn } from '../request.ts';
import type { Step } from '../stairs.ts';

/** Reads and checks the body, after the caller is known: strangers cannot make us hold one. */
export function read({ maxBodyBytes }: { maxBodyBytes: number }): Step {
  return async function read(call, next) {
    const { api } = call;
    const given = api.hasBody === false ? pathAndQuery(call) : await readObject(call, maxBodyBytes);
    // What is refused is in the books as well, with what was asked.
    call.text ??= JSON.stringify(given);
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
  call.text = body.toString('utf8');
  return Object.keys(call.params).length === 0 ? given : { ...given, ...call.params };
}

/** Names that come twice are a list. What the path says is not the query's to change. */
function pathAndQuery({ request, params }: Call): Record<string, unknown> {
  const query = queryOf(request);
  const given = [...new Set(query.keys())].slice(0, 32).map((name) => {
    const values = query.getAll(name);
    return [name, values.length > 1 ? values : values[0]];
  });
  return { ...Object.fromEntries(given), ...params };
}
