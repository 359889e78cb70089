/** Bodies are kept as bytes, which hold anything. */
const keptAsBytes = new Set(['request', 'response']);

/**
 * A value with all its text as every database can keep it: PostgreSQL refuses NUL in text, and
 * half of a surrogate pair has no UTF-8. Each becomes U+FFFD before anything is grouped by it, so
 * that what is equal in the store is equal here. Most values come back as they are.
 */
export function storable<Value>(value: Value): Value {
  return (isStorable(value) ? value : repaired(value)) as Value;
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isStorable);
  for (const [name, member] of Object.entries(value)) {
    if (!keptAsBytes.has(name) && !isStorable(member)) return false;
  }
  return true;
}

function repaired(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\ufffd');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(repaired);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      keptAsBytes.has(name) ? member : repaired(member),
    ]),
  );
}
