import { GatewayError } from '../../_shared/errors.ts';
import { payloadsDoorPath } from '../../_shared/events/dataref.ts';
import { answerJson } from '../../_shared/http/answer.ts';
import type { Routes } from '../../_shared/http/router.ts';
import { secretsEqual } from '../../_shared/secrets.ts';
import type { Payloads } from '../../_shared/store/payloads.ts';

/** Where a `dataref` leads: the bodies of a call, to whoever has this door's bearer. */
export function payloadsDoor(parts: { payloads: Pick<Payloads, 'find'>; bearer: string }): Routes {
  const { payloads, bearer } = parts;
  return {
    [`GET ${payloadsDoorPath}/:source/:id`]: async (
      request,
      response,
      { source = '', id = '' },
    ) => {
      if (!secretsEqual(request.headers.authorization ?? '', `Bearer ${bearer}`)) {
        throw new GatewayError('authentication', 'This door wants the bearer of payloads.');
      }
      const payload = await payloads.find(id, source);
      if (payload === null) {
        throw new GatewayError(
          'not_found',
          `There are no bodies of ${id} by ${source} any longer.`,
        );
      }
      answerJson(response, 200, { request: payload.request, response: payload.response });
    },
  };
}
