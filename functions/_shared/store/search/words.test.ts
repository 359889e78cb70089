import { expect, test } from 'vitest';
import { textOf } from './texts.ts';
import { holds, phrasesOf, wordsOf } from './words.ts';

test.each([
  ['Hello, World!', ['hello', 'world']],
  ['don’t re-do 4F-83721', ['don', 't', 're', 'do', '4f', '83721']],
  ['ﬁn Ⅻ Ｆｕｌｌ', ['fin', 'xii', 'full']],
  ['cafe\u0301 = café', ['café', 'café']],
  ['請求書 No. 7', ['請', '求', '書', 'no', '7']],
  ['x'.repeat(65), []],
  ['half \ud83d of', ['half', 'of']],
  ['', []],
])('the words of %j', (text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

test.each([
  ['one two', [['one'], ['two']]],
  ['"one two" three', [['one', 'two'], ['three']]],
  ['"not closed', [['not', 'closed']]],
  ['re-do', [['re', 'do']]],
  [' "" ! ', []],
])('the phrases of %j', (query, phrases) => {
  expect(phrasesOf(query)).toEqual(phrases);
});

test('a phrase is whole words in their order', () => {
  const words = wordsOf('The invoice was never paid');
  expect(holds(words, [['never', 'paid'], ['invoice']])).toBe(true);
  expect(holds(words, [['paid', 'never']])).toBe(false);
  expect(holds(words, [['ever', 'paid']])).toBe(false);
});

test('text is what people wrote, up to a bound; images and names of members are not', () => {
  const request = {
    model: 'gpt',
    messages: [
      {
        role: 'user',
        content: [{ type: 'text', text: 'look' }, { image_url: 'data:image/png;base64,AA' }],
      },
    ],
  };
  expect(textOf(request, { output: 'seen' })).toBe('look\nseen');
  expect(textOf('y'.repeat(100_000)).length).toBe(64 * 1024);
});
