import { type AnswerEnd, type ChatEvents, callIdHeader, type Delta } from '../answer.ts';
import type { Turn } from '../api/chat-request.ts';
import { createEventReader } from './event-reader.ts';
import type { Failure } from './exchange.ts';

export interface Question {
  message: string;
  messages: Turn[];
  /** The chat's own where none was picked. */
  model?: string;
}

export interface Listener {
  signal: AbortSignal;
  onCallId: (id: string) => void;
  onDelta: (delta: Delta) => void;
}

/** An answer that did not come, or not whole. */
export class AskError extends Error {
  override readonly name = 'AskError';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Asks the chat's function. Resolves at the end of a whole answer; rejects with an AskError. */
export async function ask(question: Question, listener: Listener): Promise<AnswerEnd> {
  const answer = await fetch('/api/chat', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify(question),
    signal: listener.signal,
  }).catch(() => {
    throw failed(0, 'It did not answer. Is it still running, and are you online?');
  });
  const callId = answer.headers.get(callIdHeader);
  if (callId) listener.onCallId(callId);
  if (!answer.ok || !answer.body) throw await refused(answer);

  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  const events = createEventReader();
  for (;;) {
    const { value, done } = await reader.read().catch(() => ({ value: undefined, done: true }));
    if (done) throw failed(200, 'The connection was lost before the answer was whole.');
    for (const { name, data } of events.push(value ?? '')) {
      if (name === 'delta') listener.onDelta(JSON.parse(data) as ChatEvents['delta']);
      else if (name === 'done') return JSON.parse(data) as ChatEvents['done'];
      else if (name === 'error') throw broken(JSON.parse(data) as ChatEvents['error']);
    }
  }
}

function failed(status: number, message: string): AskError {
  return new AskError({ status, message, code: null, retryAfter: null });
}

function broken({ error }: ChatEvents['error']): AskError {
  return new AskError({ status: 200, message: error.message, code: error.code, retryAfter: null });
}

async function refused(answer: Response): Promise<AskError> {
  const body = (await answer.json().catch(() => null)) as Partial<ChatEvents['error']> | null;
  const retryAfter = Number(answer.headers.get('retry-after') || Number.NaN);
  return new AskError({
    status: answer.status,
    message: body?.error?.message ?? `It answered with status ${answer.status}.`,
    code: body?.error?.code ?? null,
    retryAfter: Number.isFinite(retryAfter) ? retryAfter : null,
  });
}
