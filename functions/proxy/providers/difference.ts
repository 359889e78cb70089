import type { ChatRequest } from '../chat-request.ts';
import type { Compatible } from './compatible.ts';

/** In what a compatible provider's requests differ from OpenAI's. */
export interface Difference {
  rename: ReadonlyMap<string, string>;
  cannot: ReadonlySet<string>;
  developer: string | null;
  /** A stream tells usage of itself, and may not be asked for it. */
  usageUnasked: boolean;
  dropParams: boolean;
}

/** Null where there is none, and bodies can go as they are. */
export function differenceOf(row: Compatible, dropParams: boolean): Difference | null {
  const { rename = {}, cannot = [], developer = null, usage_unasked: usageUnasked = false } = row;
  const isNone =
    Object.keys(rename).length === 0 && cannot.length === 0 && developer === null && !usageUnasked;
  if (isNone) return null;
  return {
    rename: new Map(Object.entries(rename)),
    cannot: new Set(cannot),
    developer,
    usageUnasked,
    dropParams,
  };
}

/** Whether this request has to be written anew for it. */
export function makesADifference(chat: ChatRequest, difference: Difference): boolean {
  const { rename, cannot, developer, usageUnasked, dropParams } = difference;
  return (
    Object.keys(chat).some((name) => rename.has(name) || (dropParams && cannot.has(name))) ||
    (developer !== null && chat.messages.some(({ role }) => role === 'developer')) ||
    (usageUnasked && chat.stream === true)
  );
}

export function applyDifference(
  body: Record<string, unknown>,
  chat: ChatRequest,
  { rename, cannot, developer, usageUnasked, dropParams }: Difference,
): void {
  if (dropParams || chat.drop_params === true) {
    for (const name of cannot) delete body[name];
  }
  for (const [name, theirs] of rename) {
    if (body[name] === undefined) continue;
    body[theirs] = body[name];
    delete body[name];
  }
  if (usageUnasked) delete body.stream_options;
  if (developer !== null) {
    body.messages = chat.messages.map((message) =>
      message.role === 'developer' ? { ...message, role: developer } : message,
    );
  }
}
