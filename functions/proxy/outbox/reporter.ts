import type { OutboxState } from './figures.ts';

const reportEveryMs = 100;

type Count = 'lost' | 'bodiesDropped' | 'payloadsMoved';
export type Standing = Omit<OutboxState, Count>;

const nothing: Record<Count, number> = { lost: 0, bodiesDropped: 0, payloadsMoved: 0 };

/** Tells how the outbox stands, now and then, with what happened since the last time. */
export function createReporter(look: () => Standing, report: (state: OutboxState) => void) {
  let since = { ...nothing };
  let timer: NodeJS.Timeout | undefined;

  function now() {
    clearTimeout(timer);
    timer = undefined;
    const counts = since;
    since = { ...nothing };
    report({ ...look(), ...counts });
  }

  return {
    count(what: Count, many: number) {
      since[what] += many;
    },
    now,
    soon() {
      timer ??= setTimeout(now, reportEveryMs);
    },
  };
}
