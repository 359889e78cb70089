import { expect, test } from 'vitest';
import { splitBlocks } from './blocks.ts';

const long = 'word '.repeat(400);

test('cuts after a blank line, before something new', () => {
  const text = `${long}\n\n## Next\n\n${long}\n\nAnd a paragraph.`;
  expect(splitBlocks(text)).toEqual([`${long}\n\n`, `## Next\n\n${long}\n\n`, 'And a paragraph.']);
});

test.each([
  ['a short text', 'One.\n\nTwo.'],
  ['a list that goes on after a blank line', `- ${long}\n\n- two\n\n  of two`],
  ['a numbered list', `1. ${long}\n\n2. two`],
  ['a quote', `> ${long}\n\n> more`],
  ['code with blank lines in it', `\`\`\`py\n${long}\n\ndef f():\n\nend`],
  ['code in longer fences', `~~~~\n${long}\n\n~~~\n\nstill code\n~~~~`],
  ['a paragraph without blank lines', `${long}\n${long}`],
  ['links that are defined at the end', `See [it][1].\n${long}\n\nMore.\n\n[1]: https://a.example`],
])('leaves %s in one piece', (_what, text) => {
  expect(splitBlocks(text)).toEqual([text]);
});

test('cuts after code that is closed', () => {
  const code = `\`\`\`\n${long}\n\`\`\`\n\n`;
  expect(splitBlocks(`${code}After.`)).toEqual([code, 'After.']);
});

test('loses nothing, and what is added changes the last part only', () => {
  const text = Array.from(
    { length: 12 },
    (_, i) =>
      `## ${i}\n\n${'text '.repeat(150)}\n\n- a\n\n- b\n\n\`\`\`\n\nx\n\`\`\`\n\n**End** ${i}\n\n`,
  ).join('');
  let before: string[] = [];
  for (let length = 0; length <= text.length; length += 7) {
    const blocks = splitBlocks(text.slice(0, length));
    expect(blocks.join('')).toBe(text.slice(0, length));
    expect(blocks.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
    before = blocks;
  }
  expect(before.length).toBeGreaterThan(3);
});
