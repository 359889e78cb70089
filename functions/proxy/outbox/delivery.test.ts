import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createDelivery, type DeliveryParts, type Outcome } from './delivery.ts';
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
function start(answer: (entry: JournalEntry) => Outcome) {
  const seen = {
    posts: 0,
    delivered: [] as string[],
    refused: [] as string[],
    trouble: [] as unknown[],
  };
  const kept = new Map<number | null, JournalEntry>();
  const parts: DeliveryParts = {
    async post(given) {
      seen.posts++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return answer(given);
    },
    load: () => [],
    current: ({ seq, event }) => (event ? { seq, event } : (kept.get(seq) ?? null)),
    onDelivered: ({ event }) => seen.delivered.push(event.id),
    onRefused: ({ event }) => seen.refused.push(event.id),
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
  expect(seen).toEqual({ posts: 2, delivered: ['e2'], refused: ['e1'], trouble: [] });
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
