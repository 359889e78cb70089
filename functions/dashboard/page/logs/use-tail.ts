import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { RequestLogRow } from '../../../_shared/store/request-logs.ts';
import type { TailAnswer } from '../../api/tail.ts';
import type { Filter } from '../filter.ts';
import { get } from '../server.ts';
import { withFresh } from './look.ts';

const paceMs = 1_000;
const afterFailureMs = 5_000;
/** As many as are kept above the list. What comes in faster is read from the list again. */
const mostRows = 200;

export interface FreshRows {
  rows: RequestLogRow[];
  /** True where more came in than are kept. */
  overflowed: boolean;
}

const nothing: FreshRows = { rows: [], overflowed: false };

/**
 * What was booked since `listedAt`, while the page is seen and `enabled`. Another filter, or a list
 * read anew, begins it anew; a page that was hidden is told what it missed.
 */
export function useTail(filter: Filter, listedAt: number, enabled: boolean): FreshRows {
  const [fresh, setFresh] = useState(nothing);
  const after = useRef<number>(undefined);
  const seen = useSyncExternalStore(onVisibility, isSeen);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each of them begins the tail anew
  useEffect(() => {
    setFresh(nothing);
    after.current = undefined;
  }, [filter, listedAt]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a list that is read anew has what came since
  useEffect(() => {
    // Nobody reads a hidden page, and a function that is asked nothing may go to sleep.
    if (!enabled || !seen) return;
    const ended = new AbortController();
    const ask = async () => {
      const query = { ...filter, after: after.current, limit: mostRows };
      const answer = await get<TailAnswer>('request-logs/tail', query, ended.signal);
      after.current = answer.next;
      if (answer.rows.length === 0) return;
      setFresh(({ rows, overflowed }) => {
        const all = withFresh(answer.rows, rows);
        const tooMany = answer.overflowed || all.length > mostRows;
        return { rows: all.slice(0, mostRows), overflowed: overflowed || tooMany };
      });
    };
    void repeat(ask, ended.signal);
    return () => ended.abort();
  }, [filter, listedAt, enabled, seen]);

  return fresh;
}

/** Until it is ended. What fails is tried again, after a longer while. */
async function repeat(ask: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const wait = await ask().then(
      () => paceMs,
      () => afterFailureMs,
    );
    if (!signal.aborted) await pause(wait, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

const isSeen = () => !document.hidden;

function onVisibility(onChange: () => void): () => void {
  document.addEventListener('visibilitychange', onChange);
  return () => document.removeEventListener('visibilitychange', onChange);
}
