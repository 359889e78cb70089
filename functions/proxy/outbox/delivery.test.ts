import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createDelivery, type DeliveryParts, type Outcome } from './delivery.ts';
import { longestRestMs } from './failures.ts';
import type { JournalEntry } from './journal.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const entry = (seq: number): JournalEntry => ({
  seq,
  event: { id: `e${seq}`, source: '/s', type: 't', time: 0, extensions: {}, data: '{}' },
});
const entries = (count: number) => Array.from({ length: count }, (_, index) => entry(index + 1));
const away: Outcome = { kind: 'retry', reason: 'away' };

/** A delivery to a sink that answers as it is told, after a moment, with what became of it. */
function start(answer: (entry: JournalEntry) => Outcome, giveUpAt = Infinity) {
  const seen = {
    posts: 0,
    delivered: [] as string[],
    refused: [] as string[],
    failed: [] as string[],
    trouble: [] as unknown[],
  };
  const kept = new Map<number | null, JournalEntry>();
  const parts: DeliveryParts = {
    async send(given) {
      seen.posts++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { outcome: answer(given), event: given.event };
    },
    load: () => [],
    current: ({ seq, event }) => event ?? kept.get(seq)?.event ?? null,
    onDelivered: ({ event }) => seen.delivered.push(event.id),
    onRefused: ({ event }) => seen.refused.push(event.id),
    onFailed({ seq, event }, { count }) {
      kept.set(seq, { seq, event });
      seen.failed.push(`${event.id} ${count}`);
      return count === giveUpAt;
    },
    onTrouble: (reason) => seen.trouble.push(reason),
  };
  const delivery = createDelivery(parts);
  const offer = (given: JournalEntry[]) => {
    for (const each of given) kept.set(each.seq, each);
    delivery.offer(given);
  };
  return { seen, kept, delivery: { ...delivery, offer } };
}

describe('a sink that is away', () => {
  test('for a moment, with many entries under way, has them all soon after', async () => {
    let isAway = true;
    const { seen, delivery } = start(() => (isAway ? away : { kind: 'delivered' }));
    delivery.offer(entries(100));
    await vi.advanceTimersByTimeAsync(10);
    isAway = false;
    await vi.advanceTimersByTimeAsync(1000);
    expect(seen.delivered).toHaveLength(100);
    expect(seen.trouble).toEqual(['away', null]);
  });

  test('for long is asked ever more seldom, by one entry at a time', async () => {
    const { seen, delivery } = start(() => away);
    delivery.offer(entries(100));
    await vi.advanceTimersByTimeAsync(10);
    expect(seen.posts).toBe(32);
    await vi.advanceTimersByTimeAsync(60_000);
    const inFirstMinute = seen.posts - 32;
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    const inTenMore = seen.posts - 32 - inFirstMinute;
    // 200 ms at first, doubled up to 30 s, each cut by up to a half.
    expect(inFirstMinute).toBeGreaterThanOrEqual(8);
    expect(inFirstMinute).toBeLessThanOrEqual(16);
    expect(inTenMore).toBeGreaterThanOrEqual(19);
    expect(inTenMore).toBeLessThanOrEqual(41);
    expect(seen.trouble).toEqual(['away']);
    delivery.stop();
  });

  test('is asked at once when there is a hurry', async () => {
    let isAway = true;
    const { seen, delivery } = start(() => (isAway ? away : { kind: 'delivered' }));
    delivery.offer(entries(3));
    await vi.advanceTimersByTimeAsync(60_000);
    isAway = false;
    delivery.hurry();
    await vi.advanceTimersByTimeAsync(20);
    expect(seen.delivered).toHaveLength(3);
  });
});

test('an entry that always fails does not hold up the rest', async () => {
  const { seen, delivery } = start(({ seq }) => (seq === 1 ? away : { kind: 'delivered' }));
  delivery.offer(entries(50));
  await vi.advanceTimersByTimeAsync(2000);
  expect(seen.delivered).toHaveLength(49);
  delivery.stop();
});

test('an entry that is refused is not sent again', async () => {
  const { seen, delivery } = start(({ seq }) =>
    seq === 1 ? { kind: 'refused', reason: 'answered 400' } : { kind: 'delivered' },
  );
  delivery.offer(entries(2));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(seen).toMatchObject({ posts: 2, delivered: ['e2'], refused: ['e1'], trouble: [] });
});

test('an entry waits for its time', async () => {
  const { seen, delivery } = start(() => ({ kind: 'delivered' }));
  const later = entry(1);
  later.event.notBefore = Date.now() + 60_000;
  delivery.offer([later, entry(2)]);
  await vi.advanceTimersByTimeAsync(50_000);
  expect(seen.delivered).toEqual(['e2']);
  await vi.advanceTimersByTimeAsync(11_000);
  expect(seen.delivered).toEqual(['e2', 'e1']);
});

describe('an entry that fails while others are taken', () => {
  const hourMs = 3600_000;

  test('is left alone for longer and longer, while the rest goes on as fast as ever', async () => {
    const { seen, delivery } = start(({ seq }) => (seq === 1 ? away : { kind: 'delivered' }));
    delivery.offer(entries(1));
    for (let second = 0; second < 3600; second++) {
      delivery.offer([entry(second + 2)]);
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(seen.delivered.length).toBeGreaterThanOrEqual(3599);
    // Every 100 ms, doubled each time up to an hour: 15 times at the most.
    expect(seen.failed.length).toBeGreaterThan(10);
    expect(seen.failed.length).toBeLessThan(18);
    expect(seen.failed[0]).toBe('e1 1');
    delivery.stop();
  });

  test('is given up when it is said to be at its end', async () => {
    const { seen, delivery } = start(({ seq }) => (seq === 1 ? away : { kind: 'delivered' }), 4);
    delivery.offer(entries(1));
    for (let second = 0; second < 60; second++) {
      delivery.offer([entry(second + 2)]);
      await vi.advanceTimersByTimeAsync(1000);
    }
    await vi.advanceTimersByTimeAsync(2 * hourMs);
    expect(seen.failed).toEqual(['e1 1', 'e1 2', 'e1 3', 'e1 4']);
  });

  test('is not at fault for a sink that takes nothing', async () => {
    const { seen, delivery } = start(() => away);
    delivery.offer(entries(3));
    await vi.advanceTimersByTimeAsync(100 * hourMs);
    expect(seen.posts).toBeGreaterThan(10_000);
    expect(seen.failed).toEqual([]);
    delivery.stop();
  });
});

describe('a clock that is set', () => {
  test('back by hours neither holds up what waits nor the sink', async () => {
    let isAway = true;
    const { seen, delivery } = start(() => (isAway ? away : { kind: 'delivered' }));
    const later = entry(1);
    later.event.notBefore = Date.now() + 60_000;
    delivery.offer([later, entry(2)]);
    await vi.advanceTimersByTimeAsync(10_000);
    vi.setSystemTime(Date.now() - 9 * 3600_000);
    isAway = false;
    await vi.advanceTimersByTimeAsync(31_000);
    expect(seen.delivered).toEqual(['e2']);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(seen.delivered).toEqual(['e2', 'e1']);
  });

  test('back while the outbox was closed leaves a rest no longer than any', async () => {
    const { seen, delivery } = start(() => ({ kind: 'delivered' }));
    const later = entry(1);
    later.event.notBefore = Date.now() + 9 * 3600_000;
    delivery.offer([later]);
    await vi.advanceTimersByTimeAsync(longestRestMs + 1000);
    expect(seen.delivered).toEqual(['e1']);
  });

  test('forth by hours does not have a sink asked without a pause', async () => {
    const { seen, delivery } = start(() => away);
    delivery.offer(entries(2));
    await vi.advanceTimersByTimeAsync(60_000);
    const before = seen.posts;
    vi.setSystemTime(Date.now() + 9 * 3600_000);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seen.posts - before).toBeLessThanOrEqual(4);
    delivery.stop();
  });
});

describe('the order of a key', () => {
  const of = (key: string, seq: number): JournalEntry => {
    const { event } = entry(seq);
    return { seq, event: { ...event, extensions: { partitionkey: key } } };
  };

  test('is kept for a moment when one of its records has to be tried again', async () => {
    let fails = 1;
    const { seen, delivery } = start(({ seq }) =>
      seq === 1 && fails-- > 0
        ? { kind: 'later', reason: 'r', isOwnFault: false }
        : { kind: 'delivered' },
    );
    delivery.offer([of('a', 1)]);
    await vi.advanceTimersByTimeAsync(6);
    delivery.offer([of('a', 2), of('b', 3), of('a', 4)]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(seen.delivered).toEqual(['e3', 'e1', 'e2', 'e4']);
  });

  test('is given up when that takes longer', async () => {
    const { seen, delivery } = start(({ seq }) =>
      seq === 1 ? { kind: 'later', reason: 'r', isOwnFault: false } : { kind: 'delivered' },
    );
    delivery.offer([of('a', 1)]);
    await vi.advanceTimersByTimeAsync(6);
    delivery.offer([of('a', 2)]);
    await vi.advanceTimersByTimeAsync(4000);
    expect(seen.delivered).toEqual([]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(seen.delivered).toEqual(['e2']);
    delivery.stop();
  });

  test('does not keep many records of one key from being under way at once', async () => {
    const { seen, delivery } = start(() => ({ kind: 'delivered' }));
    delivery.offer(entries(100).map(({ seq }) => of('a', seq as number)));
    await vi.advanceTimersByTimeAsync(1);
    expect(seen.posts).toBe(32);
  });
});

describe('large entries', () => {
  const large = (seq: number, bytes: number): JournalEntry => {
    const { event } = entry(seq);
    return { seq, event: { ...event, bodies: { request: 'x'.repeat(bytes), response: null } } };
  };
  const mebibyte = 1024 ** 2;

  test('are under way a few at a time, and the others beside them', async () => {
    const { seen, delivery } = start(() => ({ kind: 'delivered' }));
    delivery.offer([1, 2, 3].map((seq) => large(seq, 20 * mebibyte)));
    delivery.offer([4, 5, 6].map((seq) => large(seq, 5 * mebibyte)));
    delivery.offer([entry(7)]);
    await vi.advanceTimersByTimeAsync(1);
    expect(seen.posts).toBe(2);
    await vi.advanceTimersByTimeAsync(5);
    expect(seen.delivered).toEqual(['e1', 'e7']);
    await vi.advanceTimersByTimeAsync(100);
    expect(seen.delivered).toEqual(['e1', 'e7', 'e2', 'e3', 'e4', 'e5', 'e6']);
  });

  test('that cannot be sent yet hold up no others', async () => {
    const { seen, delivery } = start(({ event }) =>
      event.bodies
        ? { kind: 'later', reason: 'the store is away', isOwnFault: false }
        : { kind: 'delivered' },
    );
    delivery.offer([large(1, mebibyte), ...entries(50).slice(1)]);
    await vi.advanceTimersByTimeAsync(50);
    expect(seen.delivered).toHaveLength(49);
    expect(seen.trouble).toEqual([]);
    delivery.stop();
  });
});
