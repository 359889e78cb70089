import type { Way } from '../../api.ts';
import { parseAnswer } from '../completion.ts';
import type { StoredRequest } from './request.ts';

/** An answer about a response that is not the response: a list of its input, or that it is gone. */
export function storedAnswer({
  response_id,
  place,
}: StoredRequest): Pick<Way, 'streamType' | 'whole'> {
  return {
    streamType: 'text/event-stream',
    whole(raw, answer) {
      const body = parseAnswer(raw, answer);
      const sent = raw.replaceAll(JSON.stringify(place.id), JSON.stringify(response_id));
      return {
        body,
        text: sent,
        sent,
        tokens: null,
        responseId: null,
        finishReason: null,
        completion: () => '',
      };
    },
  };
}
