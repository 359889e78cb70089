import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { body, type CachedStack, costNanos, startCachedStack } from './cached-stack.ts';

let cached: CachedStack;
let upstream: CachedStack['upstream'];
beforeAll(async () => {
  cached = await startCachedStack({ params: { type: 'local', ttl: 3600 } });
  ({ upstream } = cached);
});
afterAll(() => cached?.end());

/** Until so many calls wait for another's answer. */
const followers = (count: number) =>
  vi.waitFor(async () => expect(await cached.metrics()).toContain(`cache_followers ${count}\n`));

const sum = (values: (number | null)[]) =>
  values.reduce<number>((all, each) => all + (each ?? 0), 0);

test.each([false, true])(
  'identical calls in flight are answered by one, streams: %s',
  async (asStream) => {
    const before = upstream.count;
    const gate = upstream.closeGate();
    const question = `Hundred at once, ${asStream}.`;
    const calls = Array.from({ length: 100 }, async (_, index) =>
      (asStream ? index % 2 === 0 : index % 10 === 9)
        ? cached.stream(question)
        : cached.ask(question),
    );
    await gate.next;
    gate.open();
    const answers = await Promise.all(calls);
    expect(upstream.count).toBe(before + 1);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const books = await Promise.all(answers.map(({ headers }) => cached.bookOf(headers)));
    const hits = books.filter((book) => book.cache_hit);
    expect(hits).toHaveLength(99);
    expect(sum(hits.map((book) => book.saved_nanos))).toBe(99 * costNanos);
    expect(sum(books.map((book) => book.cost_nanos))).toBe(costNanos);
  },
);

test('calls that follow go their own ways when the one that leads fails', async () => {
  const before = upstream.count;
  const gate = upstream.closeGate();
  const calls = Array.from({ length: 5 }, () =>
    cached
      .ask('Led astray.', { model: 'fails' })
      .catch((error: { status: number }) => error.status),
  );
  await gate.next;
  gate.open();
  expect(await Promise.all(calls)).toEqual([503, 503, 503, 503, 503]);
  expect(upstream.count).toBe(before + 5);
});

test.each([false, true])(
  'a call goes on for others when its client hangs up, a stream: %s',
  async (asStream) => {
    const before = upstream.count;
    const gate = upstream.closeGate();
    const question = `Hangs up, ${asStream}.`;
    const hangUp = new AbortController();
    const leader = cached.openai.chat.completions
      .create({ ...body(question), stream: asStream }, { signal: hangUp.signal })
      .then(
        (answer) => answer,
        () => null,
      );
    await gate.next;
    const follower = cached.ask(question);
    await followers(1);
    hangUp.abort();
    await leader;
    gate.open();
    expect(await follower).toMatchObject({ isHit: true, text: `Answer ${before + 1}.` });
    expect(upstream.count).toBe(before + 1);
  },
);

test('calls that follow get nothing of a stream that is cut', async () => {
  const before = upstream.count;
  const gate = upstream.closeGate();
  const leader = cached.stream('Cut.').catch((error: Error) => error);
  const { response } = await gate.next;
  const follower = cached.stream('Cut.');
  await followers(1);
  response.destroy();
  expect(await leader).toBeInstanceOf(Error);
  gate.open();
  expect(await follower).toMatchObject({ isHit: false, text: `Answer ${before + 2}.` });
});

test('calls are given up when nobody is left who wants the answer', async () => {
  const gate = upstream.closeGate();
  const hangUp = new AbortController();
  const { signal } = hangUp;
  const calls = [0, 1].map(() =>
    cached.openai.chat.completions.create(body('Nobody is left.'), { signal }).catch(() => null),
  );
  const { closed, response } = await gate.next;
  hangUp.abort();
  await Promise.all([...calls, closed]);
  expect(response.writableFinished).toBe(false);
  gate.open();
});
