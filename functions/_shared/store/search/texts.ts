/** Of one call at most so many characters are searched: a body of 20 MB must not hold up the rest. */
const searchedLength = 64 * 1024;
/** What follows these is no text of people. */
const notText = new Set(['model', 'role', 'type', 'id', 'object', 'finish_reason', 'tool_call_id']);

/** All text in bodies, as one; what cannot be text, such as images, left out. */
export function textOf(...bodies: unknown[]): string {
  const parts: string[] = [];
  let left = searchedLength;
  const visit = (value: unknown) => {
    if (left <= 0) return;
    if (typeof value === 'string') {
      if (value.startsWith('data:')) return;
      const part = value.slice(0, left);
      left -= part.length;
      parts.push(part);
    } else if (Array.isArray(value)) {
      value.forEach(visit);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        if (!notText.has(name)) visit(member);
      }
    }
  };
  bodies.forEach(visit);
  return parts.join('\n');
}
