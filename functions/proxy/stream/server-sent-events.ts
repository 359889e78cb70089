import { StringDecoder } from 'node:string_decoder';

/** One event of a stream: its text as it came, with its blank line, and its joined data. */
export interface ServerSentEvent {
  text: string;
  /** Null for an event of comments only (a keep-alive). */
  data: string | null;
}

const boundary = /\r\n\r\n|\n\n|\r\r/g;

/**
 * Cuts bytes into server-sent events (WHATWG HTML, 9.2), wherever the network cut them: inside a
 * character, a line or a line end. `rest` is what has come of an event that is not whole yet.
 * An event over `limit` characters is an upstream gone wrong: `push` throws a RangeError.
 */
export function createEventReader({ limit }: { limit: number }) {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  return {
    push(bytes: Buffer): ServerSentEvent[] {
      // A boundary can start in what is pending, but at most three characters before its end.
      const searchFrom = Math.max(0, pending.length - 3);
      pending += decoder.write(bytes);
      const events: ServerSentEvent[] = [];
      let start = 0;
      boundary.lastIndex = searchFrom;
      for (let match = boundary.exec(pending); match; match = boundary.exec(pending)) {
        const text = pending.slice(start, boundary.lastIndex);
        start = boundary.lastIndex;
        events.push({ text, data: dataOf(text) });
      }
      if (start > 0) pending = pending.slice(start);
      if (pending.length > limit) {
        throw new RangeError(`A server-sent event is over ${limit} characters.`);
      }
      return events;
    },
    get rest(): string {
      return pending;
    },
  };
}

const lineEnd = /[\r\n]/g;

function isBlank(text: string, from: number): boolean {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== 10 && code !== 13) return false;
  }
  return true;
}

function dataOf(text: string): string | null {
  // The common cases by far: one line of data, alone or after its event's name (Anthropic's).
  const start = text.startsWith('event: ') ? text.indexOf('\n') + 1 : 0;
  if (text.startsWith('data: ', start)) {
    lineEnd.lastIndex = start;
    const end = lineEnd.exec(text)?.index ?? text.length;
    if (isBlank(text, end)) return text.slice(start + 6, end);
  }
  const data: string[] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line === 'data') data.push('');
    else if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
  }
  return data.length === 0 ? null : data.join('\n');
}
