/** Blocks are put together up to about this many characters, so that there are not too many. */
const enough = 1500;

/** A link that is defined once and used elsewhere holds a text together. */
const definition = /^ {0,3}\[[^\]\n]+\]:/m;
/** Indented, or a list, a quote, a table: it may go on with what stands before a blank line. */
const maybeContinues = /^[\s\-*+>|\d]/;
const fence = /^ {0,3}(`{3,}|~{3,})/;

/**
 * Cuts Markdown into parts that can be rendered each on its own: after a blank line, outside of
 * code, before a line that begins something new. Text that is added changes the last part only, so
 * a growing answer is parsed once and not over and over.
 */
export function splitBlocks(text: string): string[] {
  if (definition.test(text)) return [text];
  const blocks: string[] = [];
  let start = 0;
  let opened = '';
  let isAfterBlank = false;
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(at, end);
    const isNew = isAfterBlank && line !== '' && !maybeContinues.test(line);
    if (opened === '' && isNew && at - start >= enough) {
      blocks.push(text.slice(start, at));
      start = at;
    }
    const [, marks = ''] = fence.exec(line) ?? [];
    if (opened === '') opened = marks;
    else if (marks.startsWith(opened) && line.trim() === marks) opened = '';
    isAfterBlank = line.trim() === '';
    at = end + 1;
  }
  blocks.push(text.slice(start));
  return blocks;
}
