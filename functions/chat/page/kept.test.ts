import { expect, test } from 'vitest';
import { beginExchange, type Exchange } from './exchange.ts';
import { createKept } from './kept.ts';

function storageOf(limit = Number.POSITIVE_INFINITY) {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem(key: string, value: string) {
      if (value.length > limit) throw new DOMException('full', 'QuotaExceededError');
      items.set(key, value);
    },
    removeItem: (key: string) => items.delete(key),
  };
}

const exchange = (question: string, text: string): Exchange => ({
  ...beginExchange(question, question),
  outcome: 'done',
  text,
});

test('a conversation and a draft are there again; an answer on its way has been stopped', () => {
  const storage = storageOf();
  const before = createKept(() => storage);
  before.keepConversation([
    exchange('a', 'On a.'),
    { ...exchange('b', 'On'), outcome: 'answering' },
  ]);
  before.keepDraft('And c');
  const after = createKept(() => storage);
  expect(after.conversation()).toEqual([
    exchange('a', 'On a.'),
    { ...exchange('b', 'On'), outcome: 'stopped' },
  ]);
  expect(after.draft()).toBe('And c');
});

test('keeps the newest that fit', () => {
  const storage = storageOf();
  const kept = createKept(() => storage);
  kept.keepConversation([exchange('a', 'x'.repeat(1_900_000)), exchange('b', 'y'.repeat(200_000))]);
  expect(kept.conversation().map(({ question }) => question)).toEqual(['b']);
  kept.keepConversation(Array.from({ length: 101 }, (_, index) => exchange(`q${index}`, '')));
  expect(kept.conversation()).toHaveLength(100);
});

test('keeps what a full storage takes, and never an older conversation in place of a newer', () => {
  const storage = storageOf(600);
  const kept = createKept(() => storage);
  kept.keepConversation([exchange('a', 'x'.repeat(300)), exchange('b', 'y'.repeat(300))]);
  expect(kept.conversation().map(({ question }) => question)).toEqual(['b']);
  kept.keepConversation([exchange('c', 'z'.repeat(900))]);
  expect(kept.conversation()).toEqual([]);
});

test.each(['', '{', '[]', '{"version":0,"exchanges":[]}', '{"version":1,"exchanges":7}'])(
  'begins anew on %j',
  (text) => {
    const storage = storageOf();
    storage.items.set('tallygate-chat', text);
    expect(createKept(() => storage).conversation()).toEqual([]);
  },
);

test('works without a storage', () => {
  const kept = createKept(() => {
    throw new DOMException('barred', 'SecurityError');
  });
  kept.keepConversation([exchange('a', 'On a.')]);
  kept.keepDraft('b');
  expect([kept.conversation(), kept.draft()]).toEqual([[], '']);
});
