import { withheldReason } from '../../_shared/redaction/reason.ts';
import type { Redactor } from '../../_shared/redaction/redactor.ts';
import type { Call } from '../call.ts';
import { type WithholdRules, whyWithheld } from './withhold.ts';

export interface BodyRules extends WithholdRules {
  /** What the bodies of one record may take in the outbox; what is beyond it is left out. */
  bodiesMaxBytes: number;
  redactor: Redactor;
}

export interface RecordedBodies {
  /** As JSON text. */
  request: string | null;
  response: string | null;
  messages: string[];
  /** What was withheld and why; null where nothing was. */
  withheld: string | null;
}

type Bodies = Pick<RecordedBodies, 'request' | 'response'>;

/**
 * A call's bodies and its error messages as they may be stored. The outbox is storage too, so this
 * comes before it; what the client and the upstream get is not touched.
 */
export async function recordBodies(
  call: Call,
  messages: string[],
  rules: BodyRules,
): Promise<RecordedBodies> {
  const { principal } = call;
  const unasked = whyWithheld(call, rules);
  const tooLarge = new Set<string>();
  const bodies = unasked ? nothing : withinBound(bodiesOf(call), rules.bodiesMaxBytes, tooLarge);
  const redacted = await rules.redactor.redact({ ...bodies, messages }, principal?.redact);
  // A replacement may be longer than what it stands for.
  const { request, response } = withinBound(redacted, rules.bodiesMaxBytes, tooLarge);
  const names = [...tooLarge].join(' and ');
  const reasons = [
    ...(unasked ? [unasked] : []),
    ...(names ? [`${names} over the ${rules.bodiesMaxBytes} bytes that a record may hold`] : []),
  ];
  return {
    request,
    response,
    messages: redacted.messages,
    withheld: withheldReason(reasons, redacted),
  };
}

const nothing: Bodies = { request: null, response: null };

function bodiesOf({ text, answer }: Call): Bodies {
  return {
    request: text,
    response: answer && (answer.text ?? JSON.stringify(answer.body) ?? null),
  };
}

function withinBound(
  { request, response }: Bodies,
  maxBytes: number,
  tooLarge: Set<string>,
): Bodies {
  const within = (name: string, text: string | null, left: number) => {
    if (text === null || isWithin(text, left)) return text;
    tooLarge.add(name);
    return null;
  };
  const answered = within('response', response, maxBytes);
  const asked = within('request', request, maxBytes - Buffer.byteLength(answered ?? ''));
  return { request: asked, response: answered };
}

/** Three bytes a character at the most; a length is cheaper than a count of bytes. */
export const isWithin = (text: string, bytes: number): boolean =>
  text.length * 3 <= bytes || (text.length <= bytes && Buffer.byteLength(text) <= bytes);
