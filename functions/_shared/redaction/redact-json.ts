import { type Counts, type Detectors, redactText } from './redact-text.ts';

/** JSON in a string in JSON in a string …: a tool's arguments are one level, an agent's log two. */
const deepestJson = 4;

/** A number that may be a card's: as JSON it takes this many digits at least. */
const longNumber = /(?<![\d.eE+-])\d{13,19}(?![\d.eE])/g;

/**
 * JSON text with its string values redacted, and numbers that are card numbers. Names of members
 * and all else stay byte for byte, since only the literals that change are written anew: nothing
 * is lost that a parse would lose (a long number, a repeated member), and depth costs no stack.
 * `json` must be valid.
 */
export function redactJson(json: string, detectors: Detectors, counts: Counts, depth = 1): string {
  const pieces: string[] = [];
  let at = 0;
  let open = json.indexOf('"');
  let gap = 0;
  const put = (start: number, end: number, text: string) => {
    pieces.push(json.slice(at, start), text);
    at = end;
  };
  const redactNumbers = (end: number) => {
    if (end - gap < 13) return;
    for (const match of json.slice(gap, end).matchAll(longNumber)) {
      const redacted = redactText(match[0], detectors, counts);
      if (redacted === match[0]) continue;
      const start = gap + match.index;
      put(start, start + match[0].length, JSON.stringify(redacted));
    }
  };
  while (open !== -1) {
    redactNumbers(open);
    const close = endOfString(json, open);
    gap = close + 1;
    if (!isName(json, gap)) {
      const literal = json.slice(open, gap);
      const value = literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1);
      const redacted = redactValue(value, detectors, counts, depth);
      if (redacted !== value) put(open, gap, JSON.stringify(redacted));
    }
    open = json.indexOf('"', gap);
  }
  redactNumbers(json.length);
  return at === 0 ? json : pieces.join('') + json.slice(at);
}

/** A string that is JSON itself, like a tool's arguments, is to be JSON still. */
function redactValue(value: string, detectors: Detectors, counts: Counts, depth: number): string {
  if (depth < deepestJson && /^\s*[[{]/.test(value) && isJson(value)) {
    return redactJson(value, detectors, counts, depth + 1);
  }
  return redactText(value, detectors, counts);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The quote that ends a string: the next that has an even number of backslashes before it. */
function endOfString(json: string, open: number): number {
  let close = json.indexOf('"', open + 1);
  while (close !== -1) {
    let before = close - 1;
    while (json[before] === '\\') before--;
    if ((close - before) % 2 === 1) return close;
    close = json.indexOf('"', close + 1);
  }
  throw new SyntaxError('a string in JSON has no end');
}

function isName(json: string, after: number): boolean {
  let at = after;
  while (json[at] === ' ' || json[at] === '\n' || json[at] === '\r' || json[at] === '\t') at++;
  return json[at] === ':';
}
