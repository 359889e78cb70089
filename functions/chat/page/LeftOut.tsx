import { useMemo } from 'react';
import { type Exchange, historyOf } from './exchange.ts';

/** The model forgets what does not fit; the person is to know. */
export function LeftOut({ exchanges }: { exchanges: readonly Exchange[] }) {
  const leftOut = useMemo(() => historyOf(exchanges, '').leftOut, [exchanges]);
  if (leftOut === 0) return null;
  return (
    <p className="mb-2 text-xs text-ink-soft">
      This chat is long: the oldest {leftOut === 1 ? 'question is' : `${leftOut} questions are`} no
      longer sent along.
    </p>
  );
}
