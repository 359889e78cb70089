/** A `model_name` with stars, such as `openai/*`. */
export interface Wildcard {
  pattern: string;
  /** Its text between the stars. */
  parts: readonly string[];
}

export const isWildcard = (name: string) => name.includes('*');

export function readWildcard(pattern: string): Wildcard {
  return { pattern, parts: pattern.split('*') };
}

/**
 * What stands at the stars, or null where the name is another. By hand and not by a regular
 * expression: a name comes from a client, and several stars backtrack.
 */
export function matchWildcard({ parts }: Wildcard, name: string): string[] | null {
  const first = parts[0] as string;
  const last = parts.at(-1) as string;
  const end = name.length - last.length;
  if (!name.startsWith(first) || !name.endsWith(last) || end < first.length) return null;
  const stars: string[] = [];
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found === -1 || found + part.length > end) return null;
    stars.push(name.slice(at, found));
    at = found + part.length;
  }
  stars.push(name.slice(at, end));
  return stars;
}

/** A deployment's `model` with its stars filled in; one that has none is what it is. */
export function fillStars(model: string, stars: readonly string[]): string {
  let next = 0;
  return model.replaceAll('*', () => stars[Math.min(next++, stars.length - 1)] as string);
}

/** Sorts the more specific first: more text, then fewer stars. */
export function bySpecificity(a: Wildcard, b: Wildcard): number {
  const textOf = ({ parts }: Wildcard) => parts.reduce((sum, part) => sum + part.length, 0);
  return textOf(b) - textOf(a) || a.parts.length - b.parts.length;
}
