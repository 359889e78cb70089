import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bySpecificity, fillStars, matchWildcard, readWildcard } from './wildcard.ts';

const match = (pattern: string, name: string) => matchWildcard(readWildcard(pattern), name);

test.each([
  ['openai/*', 'openai/gpt-4o', ['gpt-4o']],
  ['*', 'anything/at-all', ['anything/at-all']],
  ['*', '', ['']],
  ['openai/*', 'openai/', ['']],
  ['openai/*', 'azure/gpt-4o', null],
  ['*-mini', 'gpt-4o-mini', ['gpt-4o']],
  ['a*a', 'a', null],
  ['a*b*c', 'a1b2c', ['1', '2']],
  ['a*b*c', 'abbc', ['', 'b']],
  ['a*b*bc', 'abc', null],
  ['a.*', 'abc', null],
] as const)('%s and %s', (pattern, name, stars) => {
  expect(match(pattern, name)).toEqual(stars);
});

test('what stands at the stars makes the name again', () => {
  const text = fc.string({ maxLength: 4 }).map((each) => each.replaceAll('*', ''));
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 2, maxLength: 5 }),
      fc.array(text, { maxLength: 4 }),
      (parts, fill) => {
        const name = parts
          .slice(1)
          .reduce((made, part, at) => made + (fill[at] ?? '') + part, parts[0]);
        const pattern = parts.join('*');
        const stars = match(pattern, name as string);
        expect(stars).not.toBeNull();
        expect(fillStars(pattern, stars as string[])).toBe(name);
      },
    ),
  );
});

test('a hostile name takes no time to speak of', () => {
  expect(match('*a*a*a*a*a*b', 'a'.repeat(512))).toBeNull();
});

test('the more specific comes first', () => {
  const sorted = ['*', 'openai/*', 'openai/gpt-*', '*/*'].map(readWildcard).sort(bySpecificity);
  expect(sorted.map(({ pattern }) => pattern)).toEqual(['openai/gpt-*', 'openai/*', '*/*', '*']);
});
