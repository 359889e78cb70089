import { useEffect, useState, useSyncExternalStore } from 'react';
import type { RequestLogRow } from '../../../_shared/store/request-logs.ts';
import type { EpochMs } from '../../../_shared/units.ts';
import type { ViewState } from '../url-state.ts';
import type { LiveState } from './LiveSwitch.tsx';
import { useTail } from './use-tail.ts';

export interface Live {
  /** Null where the list cannot be live: it is of a time gone by, or an older page of it. */
  state: LiveState | null;
  /** New rows that may be shown. */
  shown: RequestLogRow[];
  /** How many more wait, so that the list does not move under the reader. */
  waiting: number;
  release(): void;
  toggle(): void;
}

const none: RequestLogRow[] = [];
/** Scrolled by less, the top of the list is still in sight. */
const scrolledPx = 40;

/** New rows above the list; held back while someone reads further down, or one call whole. */
export function useLive(
  { range, filter }: ViewState,
  {
    isNewest,
    listedAt,
    isOpen,
    refetch,
  }: {
    isNewest: boolean;
    /** When the list was read; undefined while it is not. */
    listedAt: EpochMs | undefined;
    isOpen: boolean;
    refetch: () => unknown;
  },
): Live {
  const [on, setOn] = useState(true);
  const [shown, setShown] = useState(none);
  const isScrolled = useSyncExternalStore(onScroll, () => window.scrollY > scrolledPx);
  const isSelecting = useSyncExternalStore(onSelection, hasSelection);

  const isNow = isNewest && range.kind === 'relative';
  const isSearching = filter.text !== undefined;
  const isHeld = isOpen || isScrolled || isSelecting;
  const isFollowed = on && isNow && !isSearching && listedAt !== undefined;
  const { rows, overflowed } = useTail(filter, listedAt ?? 0, isFollowed);

  useEffect(() => {
    if (isHeld && rows.length > 0) return;
    if (overflowed) refetch();
    else setShown(rows);
  }, [isHeld, rows, overflowed, refetch]);

  const release = () => {
    if (overflowed) refetch();
    else setShown(rows);
    window.scrollTo({ top: 0 });
  };
  const toggle = () => {
    // What came while it was off is read with the list.
    if (!on) refetch();
    setOn(!on);
  };

  let state: LiveState | null = null;
  if (isNow) {
    if (isSearching) state = 'searching';
    else if (!on) state = 'paused';
    else state = isHeld ? 'held' : 'following';
  }
  return { state, shown, waiting: Math.max(0, rows.length - shown.length), release, toggle };
}

function onScroll(onChange: () => void): () => void {
  window.addEventListener('scroll', onChange, { passive: true });
  return () => window.removeEventListener('scroll', onChange);
}

function onSelection(onChange: () => void): () => void {
  document.addEventListener('selectionchange', onChange);
  return () => document.removeEventListener('selectionchange', onChange);
}

/** A selection in the list; one in a field of its own moves with nothing. */
const hasSelection = () => document.getSelection()?.isCollapsed === false;
