import type { Logger } from '../telemetry.ts';
import { builtIn } from './built-in.ts';
import type { Detector } from './detector.ts';
import {
  lengthOf,
  type Passages,
  type Redacted,
  redactPassages,
  untouched,
  withheldFor,
} from './passages.ts';
import { createRedactionThread } from './redaction-thread.ts';
import { kindsOf, type RedactionRules } from './rules.ts';

/** More characters than this would hold up the calls of others: a thread redacts them. */
const mostAtOnce = 64 * 1024;

export interface Redactor {
  /** Nothing is to be redacted unless a key asks for it. */
  readonly isOff: boolean;
  /** Redacts what the rules say and the kinds in `also`. Never rejects. */
  redact(passages: Passages, also?: readonly string[]): Promise<Redacted>;
  close(): Promise<void>;
}

/**
 * What makes records fit to be stored. The built-in kinds take some 10 µs for a kilobyte and are
 * done at once where the text is short. Own patterns and long texts go to a thread.
 * Rejects with a SetupError when an own pattern cannot be used.
 */
export async function createRedactor(rules: RedactionRules, logger: Logger): Promise<Redactor> {
  const { apply, patterns, timeoutMs } = rules;
  const own = Object.entries(patterns);
  if (own.length > 0) {
    // RE2 takes 20 ms to load: only those pay who use it.
    const { compilePattern } = await import('./own-pattern.ts');
    for (const [name, source] of own) compilePattern(name, source);
  }
  const known = new Set(kindsOf(rules));
  const atOnce = new Map<string, Detector>(Object.entries(builtIn));
  const thread = createRedactionThread({ patterns, timeoutMs, logger });

  return {
    isOff: apply.length === 0,
    async redact(passages, also = []) {
      const kinds = also.length > 0 ? [...new Set([...apply, ...also])] : apply;
      if (kinds.length === 0) return untouched(passages);
      const unknown = kinds.find((kind) => !known.has(kind));
      if (unknown !== undefined) {
        return withheldFor(`no redaction pattern is named ${unknown.slice(0, 64)}`, passages);
      }
      const isShort = lengthOf(passages) <= mostAtOnce;
      if (!isShort || !kinds.every((kind) => atOnce.has(kind))) {
        return thread.redact(passages, kinds);
      }
      const detectors = new Map([...atOnce].filter(([kind]) => kinds.includes(kind)));
      try {
        return redactPassages(passages, detectors);
      } catch (error) {
        logger.error({ err: error }, 'a record could not be redacted');
        return withheldFor('the redaction failed', passages);
      }
    },
    close: () => thread.close(),
  };
}
