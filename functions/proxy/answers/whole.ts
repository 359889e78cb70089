import type { Nanos } from '../../_shared/money.ts';
import type { Way } from '../api.ts';
import type { Trial } from '../attempt/trial.ts';
import type { Call } from '../call.ts';
import type { UpstreamAnswer } from '../upstream.ts';
import { replyHeaders } from './reply-headers.ts';

/** Reads an answer that is not streamed, whole, into `trial.answer`. */
export async function readAnswer(
  call: Call,
  trial: Trial,
  answer: UpstreamAnswer,
  way: Way,
  limit: number,
): Promise<void> {
  const { sent, ...told } = way.whole(await answer.text(limit), answer);
  trial.answer = {
    ...told,
    sent,
    finish: (cost) => sendWhole(call, sent, cost),
  };
  trial.claim();
}

export function sendWhole(call: Call, text: string, cost: Nanos | null): void {
  const bytes = Buffer.from(text);
  call.response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...replyHeaders(call, cost),
  });
  call.response.end(bytes);
}
