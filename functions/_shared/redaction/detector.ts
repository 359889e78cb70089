/** Where something begins in a text and where it ends, in code units. */
export type Span = readonly [start: number, end: number];

/** Finds all that is of one kind in a text, in a time that grows with its length only. */
export type Detector = (text: string) => Span[];

/** A detector of what a pattern matches and, where given, `accepts` too. */
export function byPattern(pattern: RegExp, accepts?: (match: string) => boolean): Detector {
  return function detect(text) {
    const spans: Span[] = [];
    for (const match of text.matchAll(pattern)) {
      if (accepts && !accepts(match[0])) continue;
      spans.push([match.index, match.index + match[0].length]);
    }
    return spans;
  };
}
