import type { Api } from '../../api.ts';

/** An error in the Responses API's stream is an event of its own. */
export const responsesFailures: NonNullable<Api['failures']> = {
  event({ body: { error } }) {
    const { code, message, param } = error;
    // `error` too, for clients that read it as they do in a chat's stream.
    const event = { type: 'error', code, message, param, sequence_number: 0, error };
    return `event: error\ndata: ${JSON.stringify(event)}\n\n`;
  },
};
