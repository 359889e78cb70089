import { GatewayError } from '../../_shared/errors.ts';
import type { Api } from '../api.ts';
import { doorOf } from '../ways/door.ts';
import { responsesFailures } from '../ways/responses/failures.ts';
import { answersOf } from '../ways/responses/native.ts';
import { type StoredRequest, storedRequest } from '../ways/responses/request.ts';
import { storedAnswer } from '../ways/responses/stored.ts';

interface Kind extends Pick<Api, 'method' | 'operation' | 'summary'> {
  /** After the response's id. */
  path: string;
  /** What comes back is the response itself. */
  isResponse: boolean;
}

const kinds: Kind[] = [
  {
    method: 'GET',
    path: '',
    operation: 'response_get',
    summary: 'A response again, from the deployment that made it.',
    isResponse: true,
  },
  {
    method: 'DELETE',
    path: '',
    operation: 'response_delete',
    summary: 'Deletes a response at the deployment that made it.',
    isResponse: false,
  },
  {
    method: 'POST',
    path: '/cancel',
    operation: 'response_cancel',
    summary: 'Ends a response that is made in the background.',
    isResponse: true,
  },
  {
    method: 'GET',
    path: '/input_items',
    operation: 'response_input_items',
    summary: 'What a response was asked.',
    isResponse: false,
  },
];

/** What can be done with a response that is there: only the deployment that made it can do it. */
export const storedResponses: readonly Api<StoredRequest>[] = kinds.map(
  ({ path, isResponse, ...kind }): Api<StoredRequest> => ({
    ...kind,
    endpoint: `/v1/responses/:response_id${path}`,
    schema: storedRequest,
    prompt: () => null,
    // It was paid when it was made.
    isFree: true,
    hasBody: false,
    pinned: ({ place }) => place.deploymentId,
    begin({ asked, deploymentId, clientHeaders }, target) {
      const { place, model } = asked;
      const query = queryOf(asked);
      const door = doorOf(target, `/responses/${place.id}${path}`, clientHeaders);
      if (!door) {
        throw new GatewayError(
          'not_found',
          `This response was made by way of chat completions, as ${target.provider} has no Responses ` +
            `API, and is not stored to be had again. GET /spend/logs?request_id=${asked.response_id.slice(0, 1024)} has it as it was booked.`,
          { param: 'response_id' },
        );
      }
      const names = { model, deploymentId, previous: null };
      const answers = isResponse ? answersOf(names) : storedAnswer(asked);
      return {
        request: {
          ...door,
          path: query ? `${door.path}${door.path.includes('?') ? '&' : '?'}${query}` : door.path,
          ...(kind.method === 'POST' ? {} : { method: kind.method }),
          body: kind.method === 'POST' ? '{}' : null,
        },
        ...answers,
      };
    },
    failures: responsesFailures,
  }),
);

const passedOn = ['include', 'include[]', 'stream', 'starting_after', 'after', 'limit', 'order'];

function queryOf(asked: StoredRequest): string {
  const query = new URLSearchParams();
  for (const name of passedOn) {
    const given = (asked as Record<string, unknown>)[name];
    for (const value of Array.isArray(given) ? given : [given]) {
      if (value != null && value !== false) query.append(name, String(value));
    }
  }
  return query.toString();
}
