/**
 * How deep JSON from outside may be nested. Reading it takes no stack, but writing it anew does,
 * and what was taken in must not fail on its way to the books.
 */
export const deepestNesting = 200;

interface Bodies {
  request: unknown;
  response: unknown;
}

/** A record's bodies without those that are nested too deep to be booked, and then why. */
export function leaveOutDeep(bodies: Bodies): Bodies & { bodies_withheld?: string } {
  const deep = (['request', 'response'] as const).filter((name) =>
    isNestedDeeper(bodies[name], deepestNesting),
  );
  if (deep.length === 0) return bodies;
  return {
    ...bodies,
    ...Object.fromEntries(deep.map((name) => [name, null])),
    bodies_withheld: `${deep.join(' and ')} nested more than ${deepestNesting} levels deep`,
  };
}

export function isNestedDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  const members = Array.isArray(value) ? value : Object.values(value);
  return members.some((member) => isNestedDeeper(member, levels - 1));
}
