import type { IncomingMessage, ServerResponse } from 'node:http';
import { asGatewayError, GatewayError } from '../../_shared/errors.ts';
import { answerError, answerJsonBytes } from '../../_shared/http/answer.ts';
import { readBody } from '../../_shared/http/body.ts';
import { pathOf } from '../../_shared/http/router.ts';
import { secretsEqual } from '../../_shared/secrets.ts';
import type { InvokeJson } from '../../_shared/store/method.ts';
import { invokeJsonOn, invokeOn } from '../../_shared/store/methods.ts';
import { errorHeader, storeDoorPath } from '../../_shared/store/remote/remote.ts';
import type { Store } from '../../_shared/store/store.ts';

/** A batch of records with their bodies. */
const bodyLimit = 64 * 1024 * 1024;

/** Serves the store's contract to our own functions: `POST <door>/<group>.<method>` with the
 * arguments as a JSON array. */
export function createStoreDoor({ store, bearer }: { store: Store; bearer: string }) {
  const expected = `Bearer ${bearer}`;

  const invokeJson: InvokeJson =
    store.invokeJson ??
    ((name, json) => invokeJsonOn((method, args) => invokeOn(store, method, args), name, json));

  async function call(request: IncomingMessage): Promise<Uint8Array> {
    if (!secretsEqual(request.headers.authorization ?? '', expected)) {
      throw new GatewayError('authentication', 'This door is for the gateway’s own functions.');
    }
    const args = await readBody(request, bodyLimit);
    return invokeJson(pathOf(request).slice(storeDoorPath.length), args);
  }

  return {
    matches: (path: string): boolean => path.startsWith(storeDoorPath),
    async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
      try {
        answerJsonBytes(response, 200, await call(request));
      } catch (thrown) {
        const error = asGatewayError(thrown);
        answerError(response, error, { [errorHeader]: error.code });
      }
    },
  };
}
