import { useEffect, useRef, useState } from 'react';

export interface DetailMoves {
  next(): void;
  previous(): void;
  close(): void;
}

export interface DetailKeys {
  /** Whether the single-letter keys act (WCAG 2.1.4: it must be possible to turn them off). */
  enabled: boolean;
  setEnabled(enabled: boolean): void;
}

const storageKey = 'tallygate-letter-keys';

/** J and K go to the next and the previous call, Esc closes; never while someone types. */
export function useDetailKeys(open: boolean, moves: DetailMoves): DetailKeys {
  const [enabled, setEnabled] = useState(wereEnabled);
  const latest = useRef(moves);
  latest.current = moves;

  useEffect(() => {
    if (!open) return;
    const act = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target)) return;
      const key = event.key.toLowerCase();
      if (key === 'escape') latest.current.close();
      else if (enabled && key === 'j') latest.current.next();
      else if (enabled && key === 'k') latest.current.previous();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', act);
    return () => document.removeEventListener('keydown', act);
  }, [open, enabled]);

  return {
    enabled,
    setEnabled(next) {
      setEnabled(next);
      try {
        localStorage.setItem(storageKey, next ? 'on' : 'off');
      } catch {
        // Storage is barred in some private windows; the choice then lasts as long as the page.
      }
    },
  };
}

function wereEnabled(): boolean {
  try {
    return localStorage.getItem(storageKey) !== 'off';
  } catch {
    return true;
  }
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)) &&
    !(target instanceof HTMLInputElement && target.type === 'checkbox')
  );
}
