import { expect, test } from 'vitest';
import { createDueHeap } from './due-heap.ts';

function aHeap(count: number) {
  const heap = createDueHeap<{ dueAt: number; order: number }>();
  const given = Array.from({ length: count }, (_, order) => ({
    dueAt: (order * 7919) % 101,
    order,
  }));
  for (const item of given) heap.push(item);
  const takeAll = (now: number) => {
    const taken: { dueAt: number; order: number }[] = [];
    for (let item = heap.take(now); item; item = heap.take(now)) taken.push(item);
    return taken;
  };
  return { heap, given, takeAll };
}

test('gives what is due by its time, and what is due together in its order', () => {
  const { heap, given, takeAll } = aHeap(1000);
  expect(heap.soonest).toBe(0);
  const sorted = given.toSorted((a, b) => a.dueAt - b.dueAt || a.order - b.order);
  const early = takeAll(50);
  expect(early).toEqual(sorted.slice(0, early.length));
  expect(early.at(-1)?.dueAt).toBe(50);
  expect(heap.soonest).toBe(51);
  expect([...early, ...takeAll(Infinity)]).toEqual(sorted);
  expect(heap.soonest).toBe(Infinity);
});

test('hurries those that are meant, in their order', () => {
  const { heap, given, takeAll } = aHeap(100);
  heap.hurry(({ order }) => order % 2 === 1);
  const hurried = takeAll(-0);
  const even = given.filter(({ order, dueAt }) => order % 2 === 0 && dueAt > 0);
  expect(hurried.map(({ order }) => order)).toEqual(
    given.filter((item) => !even.includes(item)).map(({ order }) => order),
  );
  expect(takeAll(Infinity)).toHaveLength(even.length);
});
