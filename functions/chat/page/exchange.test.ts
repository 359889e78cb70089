import { expect, test } from 'vitest';
import { longestConversation, longestMessage, mostTurns } from '../limits.ts';
import { beginExchange, type Exchange, growExchange, historyOf } from './exchange.ts';

const exchange = (question: string, changed: Partial<Exchange> = {}): Exchange => ({
  ...beginExchange(question, question),
  outcome: 'done',
  text: `On ${question}.`,
  ...changed,
});

test('grows by text and by thoughts, each on its own', () => {
  const grown = growExchange(beginExchange('1', 'a'), [
    { reasoning: 'Hm' },
    { text: 'O' },
    { reasoning: '.' },
    { text: 'h' },
  ]);
  expect(grown).toMatchObject({ text: 'Oh', reasoning: 'Hm.', outcome: 'answering' });
});

test('what failed or never began is not told to the model; a stopped answer is, as far as it came', () => {
  const { messages, leftOut } = historyOf(
    [
      exchange('a'),
      exchange('b', { outcome: 'failed', text: 'On' }),
      exchange('c', { outcome: 'stopped', text: '' }),
      exchange('d', { outcome: 'stopped', text: 'On d, I' }),
    ],
    'e',
  );
  expect(messages.map(({ content }) => content)).toEqual(['a', 'On a.', 'd', 'On d, I']);
  expect(leftOut).toBe(0);
});

test('keeps the newest turns that the function takes', () => {
  const many = Array.from({ length: mostTurns }, (_, index) => exchange(`q${index}`));
  const { messages, leftOut } = historyOf(many, 'next');
  expect(messages).toHaveLength(mostTurns);
  expect(leftOut).toBe(mostTurns / 2);
  expect(messages.at(-2)?.content).toBe(`q${mostTurns - 1}`);
});

test('leaves out the oldest when the characters are too many', () => {
  const long = Array.from({ length: 12 }, (_, index) =>
    exchange(String(index).padStart(longestMessage, '.'), { text: '' }),
  ).map((one) => ({ ...one, text: '!' }));
  const next = 'x'.repeat(longestMessage);
  const { messages, leftOut } = historyOf(long, next);
  const length = messages.reduce((sum, { content }) => sum + content.length, next.length);
  expect(length).toBeLessThanOrEqual(longestConversation);
  expect(leftOut).toBe(4);
  expect(messages[0]?.content.endsWith('.4')).toBe(true);
});
