/** True if a database file itself is at fault, not the disk or its room. */
export function isDamage(error: unknown): boolean {
  const { code = '', name = '' } = error as { code?: string; name?: string };
  // What was written as JSON and no longer is has been damaged below SQLite's notice.
  return /^SQLITE_(CORRUPT|NOTADB)/.test(code) || name === 'SyntaxError';
}
