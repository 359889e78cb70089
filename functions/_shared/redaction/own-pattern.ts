import { RE2JS, RE2JSException } from 're2js';
import { SetupError } from '../config/environment.ts';
import type { Detector, Span } from './detector.ts';

/**
 * A pattern of the operator's own as a detector. RE2's syntax has no look-around and no
 * back-reference, and in return no pattern can make a search take longer than in proportion to
 * the text: `(a+)+$` is as quick as `a+$`. Throws a SetupError that says what is wrong with it.
 */
export function compilePattern(name: string, source: string): Detector {
  const pattern = compile(name, source);
  return function detect(text) {
    const spans: Span[] = [];
    const matcher = pattern.matcher(text);
    while (matcher.find()) {
      // A match of nothing, as of `\b`, leaves nothing to replace.
      if (matcher.end() > matcher.start()) spans.push([matcher.start(), matcher.end()]);
    }
    return spans;
  };
}

function compile(name: string, source: string): RE2JS {
  try {
    const pattern = RE2JS.compile(source);
    if (!pattern.matcher('').find()) return pattern;
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const message = error.message.replace(/^error parsing regexp: /, '');
    throw new SetupError(
      `redaction.patterns.${name} is not right: ${message} (RE2 syntax: no look-around, no back-reference)`,
    );
  }
  throw new SetupError(
    `redaction.patterns.${name} is not right: it matches the empty text; write it so that it needs a character`,
  );
}
