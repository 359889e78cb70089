import type { Api } from '../api.ts';
import { doorOf } from '../ways/door.ts';
import { responsesFailures } from '../ways/responses/failures.ts';
import { nativeResponses } from '../ways/responses/native.ts';
import { needPlace, type ResponsesRequest, responsesRequest } from '../ways/responses/request.ts';
import { sealResponseId } from '../ways/responses/response-id.ts';
import { createResponsesTeller } from '../ways/responses/teller.ts';
import { responsesToChat } from '../ways/responses/to-chat.ts';
import { retoldWay } from '../ways/retold.ts';

export const responses: Api<ResponsesRequest> = {
  method: 'POST',
  endpoint: '/v1/responses',
  operation: 'chat',
  summary:
    "OpenAI's Responses, plain or streamed: passed on where the provider has them, else told by way of chat.",
  schema: responsesRequest,
  // What is made in the background is paid when it is done, and is not counted before.
  prompt: ({ input, instructions, background }) =>
    background
      ? null
      : [instructions ?? '', typeof input === 'string' ? input : JSON.stringify(input ?? '')].join(
          '',
        ),
  pinned: ({ previous_response_id: id }) =>
    id == null ? null : needPlace(id, 'previous_response_id').place.deploymentId,
  begin(question, target) {
    const { asked, deploymentId, clientHeaders } = question;
    const door = doorOf(target, '/responses', clientHeaders);
    if (door) return nativeResponses(question, door, target.model);
    const { model } = asked;
    return retoldWay(responsesToChat(asked), question, target, () =>
      createResponsesTeller(asked, (id) => sealResponseId({ deploymentId, model, id })),
    );
  },
  failures: responsesFailures,
};
