/** How long what follows waits for one that has to be tried again. */
const holdMs = 5000;
/** Entries that may wait behind others, of all keys. */
const mostHeld = 1000;

interface Failing<Entry> {
  entries: Set<Entry>;
  until: number;
  behind: Entry[];
}

/**
 * Keeps the records of a key from overtaking one of theirs that failed, for a moment: most that
 * fail are taken the next time. No more than that, since the books do not depend on the order:
 * many of a key may be under way at once, and one that fails on end holds up nothing.
 */
export function createKeyOrder<Entry>() {
  const failing = new Map<string, Failing<Entry>>();
  const holding = new Set<string>();
  let held = 0;

  function release(key: string): Entry[] {
    const behind = failing.get(key)?.behind.splice(0) ?? [];
    held -= behind.length;
    holding.delete(key);
    return behind;
  }

  return {
    failed(key: string, entry: Entry, now: number) {
      const known = failing.get(key);
      if (known?.entries.has(entry)) return;
      const entries = (known?.entries ?? new Set()).add(entry);
      failing.set(key, { entries, until: now + holdMs, behind: known?.behind ?? [] });
    },
    /** An entry is at its end. Gives those that may go now, in their order. */
    ended(key: string, entry: Entry): Entry[] {
      const known = failing.get(key);
      if (!known?.entries.delete(entry) || known.entries.size > 0) return [];
      const behind = release(key);
      failing.delete(key);
      return behind;
    },
    /** True for an entry that is to wait: it is kept here until it may go. */
    hold(key: string, entry: Entry, now: number): boolean {
      const known = failing.get(key);
      if (!known || known.until <= now || held === mostHeld) return false;
      known.behind.push(entry);
      holding.add(key);
      held++;
      return true;
    },
    /** Those that have waited long enough. */
    expired: (now: number): Entry[] =>
      [...holding].filter((key) => (failing.get(key)?.until ?? 0) <= now).flatMap(release),
    /** When the next have; Infinity if none wait. */
    get soonest() {
      return Math.min(Infinity, ...[...holding].map((key) => failing.get(key)?.until ?? 0));
    },
  };
}
