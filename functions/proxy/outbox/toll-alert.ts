import { randomUUIDv7 } from 'node:crypto';
import { type AlertRaised, eventTypes } from '../../_shared/events/types.ts';
import type { OutboxEvent, OutboxOptions } from './outbox.ts';
import type { Toll } from './toll.ts';

const longestMs = 7 * 24 * 3600_000;

/** What an alert says of a toll; when, and how long it was, is the same for all. */
export type Describe<Name extends string> = (
  toll: Toll<Name>,
) => Omit<AlertRaised, 'scope' | 'threshold' | 'window_start' | 'window_ms'>;

/**
 * Tells people of a toll, once in a window. The alert is made when an event has just been
 * delivered, not when the trouble begins: a sink that is away would not take it, and by then it
 * can tell all of it.
 */
export function createTollAlert<Name extends string>(
  { source, alertWindowMs }: Pick<OutboxOptions, 'source' | 'alertWindowMs'>,
  describe: Describe<Name>,
) {
  let underWay: { event: OutboxEvent; toll: Toll<Name> } | null = null;
  // Of a clock that nobody sets back, or there would be silence for as long.
  let quietUntil = 0;
  return {
    /** The alert that is due, if one is. */
    due(toll: Toll<Name> | null): OutboxEvent | null {
      if (toll === null || underWay !== null || performance.now() < quietUntil) return null;
      quietUntil = performance.now() + alertWindowMs;
      const now = Date.now();
      const described = describe(toll);
      const { rule, severity } = described;
      const alert: AlertRaised = {
        ...described,
        scope: 'outbox',
        threshold: 0,
        window_start: toll.since,
        window_ms: Math.min(longestMs, Math.max(0, now - toll.since)),
      };
      const event = {
        id: randomUUIDv7(),
        source,
        type: eventTypes.alertRaised,
        time: now,
        extensions: { rule, severity },
        data: JSON.stringify(alert),
      };
      underWay = { event, toll };
      return event;
    },
    /** An event is at its end. Gives what it told people of, if it was the alert. */
    ended({ id }: OutboxEvent): Toll<Name> | null {
      if (underWay === null || id !== underWay.event.id) return null;
      const { toll } = underWay;
      underWay = null;
      return toll;
    },
  };
}

export const count = (many: number, what: string) =>
  `${many.toLocaleString('en-US')} ${what}${many === 1 ? '' : 's'}`;
export const clock = (at: number) =>
  `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
