/** A call as a shell command, with the key left as a variable of the reader's own. */
export function toCurl(url: string, body: unknown): string {
  return [
    `curl ${quote(url)}`,
    `  -H "Authorization: Bearer $TALLYGATE_API_KEY"`,
    `  -H 'Content-Type: application/json'`,
    `  -d ${quote(JSON.stringify(body, null, 2))}`,
  ].join(' \\\n');
}

/** In single quotes a shell leaves everything alone but the single quote itself. */
function quote(text: string): string {
  return /^[\w:/.-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
