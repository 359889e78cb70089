import { redactJson } from './redact-json.ts';
import { type Counts, type Detectors, redactText } from './redact-text.ts';

/** What a record holds of a call's content. */
export interface Passages {
  /** As JSON text. */
  request: string | null;
  response: string | null;
  /** Error messages, which may quote the bodies. */
  messages: string[];
}

export interface Redacted extends Passages {
  counts: Counts;
  /** Why the passages could not be redacted; the bodies are null then. */
  withheld: string | null;
}

export function redactPassages(passages: Passages, detectors: Detectors): Redacted {
  const counts: Counts = {};
  const json = (text: string | null) => text && redactJson(text, detectors, counts);
  return {
    request: json(passages.request),
    response: json(passages.response),
    messages: passages.messages.map((message) => redactText(message, detectors, counts)),
    counts,
    withheld: null,
  };
}

export const untouched = (passages: Passages): Redacted => ({
  ...passages,
  counts: {},
  withheld: null,
});

/** What is left of passages that could not be redacted: that there were messages. */
export const withheldFor = (reason: string, { messages }: Passages): Redacted => ({
  request: null,
  response: null,
  messages: messages.map(() => '[REDACTED]'),
  counts: {},
  withheld: reason,
});

export const lengthOf = ({ request, response, messages }: Passages): number =>
  messages.reduce(
    (sum, message) => sum + message.length,
    (request?.length ?? 0) + (response?.length ?? 0),
  );
