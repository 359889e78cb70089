export interface Dated {
  /** Of a clock that is never set back. */
  dueAt: number;
  /** Which of two that are due at the same moment comes first. */
  order: number;
}

const isBefore = (one: Dated, other: Dated) =>
  one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.order < other.order);

/** What waits for its time, the next first (a binary heap): there may be hundreds of thousands. */
export function createDueHeap<T extends Dated>() {
  let heap: T[] = [];
  const at = (index: number) => heap[index] as T;

  function swap(one: number, other: number) {
    [heap[one], heap[other]] = [at(other), at(one)];
  }

  function push(item: T) {
    heap.push(item);
    let index = heap.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(at(index), at(parent))) return;
      swap(index, parent);
      index = parent;
    }
  }

  function pop(): T | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return first;
    heap[0] = last;
    let index = 0;
    for (;;) {
      let least = index;
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < heap.length && isBefore(at(child), at(least))) least = child;
      }
      if (least === index) return first;
      swap(index, least);
      index = least;
    }
  }

  return {
    push,
    /** The next if it is due. */
    take: (now: number): T | undefined => ((heap[0]?.dueAt ?? Infinity) <= now ? pop() : undefined),
    /** When the next is due; Infinity if there is none. */
    get soonest() {
      return heap[0]?.dueAt ?? Infinity;
    },
    /** Makes those due now that `isMeant`. */
    hurry(isMeant: (item: T) => boolean) {
      const all = heap;
      heap = [];
      for (const item of all) {
        if (isMeant(item)) item.dueAt = 0;
        push(item);
      }
    },
  };
}
