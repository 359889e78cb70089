const modelMember = /"model"\s*:\s*("(?:[^"\\]|\\.)*")/g;

/**
 * A JSON text with another model's name in it; null where a splice would not be safe. Inside a JSON
 * string every quote is escaped, so `"model":` can only be a member's name; where it stands once, it
 * is the one at the top.
 */
export function spliceModel(text: string, to: string): string | null {
  // An escaped letter can spell a second member named model ("\\u006dodel").
  if (text.includes('\\u00')) return null;
  modelMember.lastIndex = 0;
  const match = modelMember.exec(text);
  if (!match || text.indexOf('"model"', modelMember.lastIndex) !== -1) return null;
  const [, literal = ''] = match;
  const name = JSON.stringify(to);
  if (literal === name) return text;
  const end = modelMember.lastIndex;
  return `${text.slice(0, end - literal.length)}${name}${text.slice(end)}`;
}
