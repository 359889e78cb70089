import type { Detector, Span } from './detector.ts';

/** Detectors by the name of what they find. */
export type Detectors = ReadonlyMap<string, Detector>;

/** How many of each kind were replaced. */
export type Counts = Record<string, number>;

/** What stands in the books in the place of something that is not to be there. */
export const placeholder = (kind: string) => `[REDACTED:${kind}]`;

/**
 * A text with all that the detectors find replaced; what was found is added to `counts`. Each
 * detector sees the text as it came. Finds that overlap are replaced together, by the name of the
 * one that begins first, or is longer.
 */
export function redactText(text: string, detectors: Detectors, counts: Counts): string {
  const finds: { kind: string; span: Span }[] = [];
  for (const [kind, detect] of detectors) {
    for (const span of detect(text)) finds.push({ kind, span });
  }
  if (finds.length === 0) return text;
  finds.sort(({ span: [a, aEnd] }, { span: [b, bEnd] }) => a - b || bEnd - aEnd);
  const pieces: string[] = [];
  let at = 0;
  for (const { kind, span } of finds) {
    const [start, end] = span;
    if (start >= at) {
      pieces.push(text.slice(at, start), placeholder(kind));
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
    at = Math.max(at, end);
  }
  return pieces.join('') + text.slice(at);
}
