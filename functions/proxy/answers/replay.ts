import type { Asked, Keeping } from '../api.ts';
import type { KeptAnswer } from '../cache/kept-answer.ts';
import type { Answer, Call } from '../call.ts';
import { replyHeaders } from './reply-headers.ts';
import { streamHeaders } from './stream-headers.ts';
import { sendWhole } from './whole.ts';

/** An answer that is kept, given again: whole or as a stream, however it was made. */
export function replayAnswer(call: Call, asked: Asked, kept: KeptAnswer, keeping: Keeping): Answer {
  const { text, tokens, responseId, finishReason } = kept;
  return {
    get body() {
      return keeping.booked ? keeping.booked(text) : JSON.parse(text);
    },
    text: keeping.booked ? null : text,
    sent: text,
    tokens,
    responseId,
    finishReason,
    completion: () => text,
    finish() {
      if (!asked.stream || !keeping.streams) return sendWhole(call, text, 0);
      call.response.writeHead(200, { ...streamHeaders, ...replyHeaders(call, 0) });
      call.response.end(keeping.streams.replay(text, asked, tokens));
    },
  };
}
