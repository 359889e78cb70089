/**
 * JSON text that is the same for equal values, in whatever order their members came. `value` is
 * what JSON.parse gave.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    let text = '[';
    for (let index = 0; index < value.length; index++) {
      if (index > 0) text += ',';
      text += canonicalJson(value[index]);
    }
    return `${text}]`;
  }
  const given = value as Record<string, unknown>;
  let text = '{';
  for (const name of Object.keys(given).sort()) {
    if (given[name] === undefined) continue;
    if (text.length > 1) text += ',';
    text += `${JSON.stringify(name)}:${canonicalJson(given[name])}`;
  }
  return `${text}}`;
}
