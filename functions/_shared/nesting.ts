/**
 * How deep JSON from outside may be nested. Reading it takes no stack, but writing it anew does,
 * and what was taken in must not fail on its way to the books.
 */
export const deepestNesting = 200;

export function isNestedDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  const members = Array.isArray(value) ? value : Object.values(value);
  return members.some((member) => isNestedDeeper(member, levels - 1));
}
