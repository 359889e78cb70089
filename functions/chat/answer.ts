import type { ErrorBody } from '../_shared/errors.ts';
import type { Milliseconds } from '../_shared/units.ts';

/** What an answer took. As in OpenAI's usage, the cached are part of the input. */
export interface Usage {
  input_tokens: number;
  cached_tokens: number;
  output_tokens: number;
  reasoning_tokens: number;
}

/** All there is to say of an answer but its text. */
export interface AnswerEnd {
  /** The proxy's id of the call, under which it is in the books. */
  id: string | null;
  model: string;
  finish_reason: string | null;
  usage: Usage | null;
  /** In US dollars; null when nobody knows the price. */
  cost: number | null;
  /** Null when the answer came in one piece. */
  time_to_first_token_ms: Milliseconds | null;
  duration_ms: Milliseconds;
  /** The call in the dashboard; null without DASHBOARD_URL. */
  log_url: string | null;
}

/** `POST /api/chat`, answered in one piece. */
export interface ChatAnswer extends AnswerEnd {
  response: string;
}

/** A part of the text, or of what the model thought before it. */
export type Delta = { text: string } | { reasoning: string };

/**
 * The server-sent events of a streamed answer: deltas, then one `done` or one `error`. A stream
 * that ends with neither was cut.
 */
export interface ChatEvents {
  delta: Delta;
  done: AnswerEnd;
  error: ErrorBody;
}

/** The head of each answer names the call by LiteLLM's header, a failed one as well. */
export const callIdHeader = 'x-litellm-call-id';
