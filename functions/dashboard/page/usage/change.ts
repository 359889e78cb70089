/** How a figure moved against the period before. */
export interface Change {
  /** `▲ 12%`, `▼ 3.4%`, `no change`, `new`: short, for the eye. */
  short: string;
  /** The same in words, for screen readers. */
  words: string;
  direction: 'up' | 'down' | 'none';
}

/** Null where there is nothing to compare: no figure now, or none before. */
export function describeChange(now: number | null, before: number | null): Change | null {
  if (now === null || before === null) return null;
  if (before === 0) {
    return now === 0
      ? null
      : { short: 'new', words: 'up from nothing in the period before', direction: 'up' };
  }
  const share = (now - before) / before;
  if (Math.abs(share) < 0.0005) {
    return { short: 'no change', words: 'no change from the period before', direction: 'none' };
  }
  const up = share > 0;
  const size = share > 9.995 ? `${Math.round(share + 1)}×` : `${percent(Math.abs(share))}%`;
  return {
    short: `${up ? '▲' : '▼'} ${size}`,
    words: `${up ? 'up' : 'down'} ${size} from the period before`,
    direction: up ? 'up' : 'down',
  };
}

function percent(share: number): string {
  const value = share * 100;
  return value < 10 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}
