import type { Call } from '../call.ts';

/** LiteLLM's header, with and without its prefix. */
const headers = ['x-litellm-enable-message-redaction', 'litellm-enable-message-redaction'];

export interface WithholdRules {
  /** Bodies are never to be recorded. */
  withholdBodies: boolean;
  /** A client may ask for it. */
  honourNoLog: boolean;
}

/**
 * Why a call's bodies are not to be in the books; null where they may be. A client can ask for
 * less than its gateway records and never for more: `litellm-disable-message-redaction` does not
 * turn on what was turned off.
 */
export function whyWithheld(
  { request, principal, noLog }: Pick<Call, 'request' | 'principal' | 'noLog'>,
  { withholdBodies, honourNoLog }: WithholdRules,
): string | null {
  if (withholdBodies) return 'turn_off_message_logging is on';
  if (principal?.withholdBodies) return 'turn_off_message_logging is on for the key';
  if (!honourNoLog) return null;
  if (noLog) return 'the request said no-log';
  const header = headers.find((name) => isOn(request.headers[name]));
  return header ? `the request said ${header}` : null;
}

const isOn = (value: string | string[] | undefined) =>
  value !== undefined && !/^(?:|0|false|no|off)$/i.test(String(value).trim());
