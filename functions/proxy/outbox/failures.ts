/**
 * How often an event has failed by its own fault, as far as can be told, and since when (epoch ms).
 */
export interface Failures {
  count: number;
  since: number;
  /** Why, the last time. */
  last: string;
}

/**
 * An event is given up when it has failed as often as this and for as long as this. An ingest that
 * is away over a weekend is no reason to give up what it has not seen.
 */
export const giveUpAfter = { failures: 20, ms: 72 * 3600_000 };
const firstRestMs = 60_000;
/** How long an event is left alone at the most, also by a clock that has gone back meanwhile. */
export const longestRestMs = 3600_000;

export function oneMore(failures: Failures | undefined, last: string, now: number): Failures {
  const { count, since } = failures ?? { count: 0, since: now };
  // A clock that has gone back would else keep the event circling for as long again.
  return { count: count + 1, since: Math.min(since, now), last };
}

export const isToBeGivenUp = ({ count, since }: Failures, now: number): boolean =>
  count >= giveUpAfter.failures && now - since >= giveUpAfter.ms;

/** How long a dead letter waits for its subscriber to be well again: twice as long each time. */
export const restMs = ({ count }: Failures): number =>
  Math.min(longestRestMs, firstRestMs * 2 ** Math.min(count - 1, 16));

/** They travel with the event, or a dead letter would come back as if for the first time. */
const names = { count: 'outboxfailures', since: 'outboxfailedsince' } as const;

export function toExtensions(failures: Failures | undefined): Record<string, string> {
  if (!failures) return {};
  return { [names.count]: String(failures.count), [names.since]: String(failures.since) };
}

/** What `toExtensions` said of an event that came back, and the extensions without it. */
export function fromExtensions(given: Record<string, string>) {
  const { [names.count]: count, [names.since]: since, ...extensions } = given;
  const numbers = { count: Number(count), since: Number(since) };
  const areWhole = Object.values(numbers).every((one) => Number.isSafeInteger(one) && one > 0);
  return { extensions, failures: areWhole ? { ...numbers, last: '' } : undefined };
}
