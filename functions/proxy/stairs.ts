import type { Call } from './call.ts';

/**
 * One step of a call's way. What it does before `next` happens on the way down, what it does
 * after on the way up; what it takes it gives back, in the same function.
 */
export type Step = (call: Call, next: () => Promise<void>) => Promise<void>;

/** The steps as one function. The first is the outermost: it sees the call first and last. */
export function buildStairs(steps: Step[]): (call: Call) => Promise<void> {
  return function descend(call) {
    const from = (index: number): Promise<void> => {
      const step = steps[index];
      return step ? step(call, () => from(index + 1)) : Promise.resolve();
    };
    return from(0);
  };
}
