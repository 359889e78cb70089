import { randomUUIDv7 } from 'node:crypto';
import { type AlertRaised, eventTypes } from '../../_shared/events/types.ts';
import type { OutboxEvent } from './outbox.ts';
import type { Toll } from './toll.ts';

const rule = 'outbox_full';
const longestMs = 7 * 24 * 3600_000;

export interface FullAlertOptions {
  /** `/tallygate/proxy/<revision>`. */
  source: string;
  maxBytes: number;
  /** One alert in as long as this. */
  alertWindowMs: number;
}

/**
 * Tells people what the outbox had to drop. The alert is made when an event has just been
 * delivered, not when the trouble begins: a sink that is away would not take it, and by then it
 * can tell all of it.
 */
export function createFullAlert({ source, maxBytes, alertWindowMs }: FullAlertOptions) {
  let underWay: { event: OutboxEvent; toll: Toll } | null = null;
  let quietUntil = 0;
  return {
    /** The alert that is due, if one is. */
    due(toll: Toll | null): OutboxEvent | null {
      if (toll === null || underWay !== null) return null;
      const now = Date.now();
      if (now < quietUntil) return null;
      quietUntil = now + alertWindowMs;
      const alert = describe(toll, maxBytes, now);
      const { severity } = alert;
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
    ended(event: OutboxEvent): Toll | null {
      if (event !== underWay?.event) return null;
      const { toll } = underWay;
      underWay = null;
      return toll;
    },
  };
}

function describe({ since, bodies, records }: Toll, maxBytes: number, now: number): AlertRaised {
  const lost = records === 0 ? 'no record was lost' : `${count(records, 'record')} lost for good`;
  return {
    rule,
    severity: 'critical',
    scope: 'outbox',
    window_start: since,
    window_ms: Math.min(longestMs, Math.max(0, now - since)),
    value: bodies + records,
    threshold: 0,
    message: [
      `The outbox had no room for all that waited for delivery since ${clock(since)}:`,
      `${count(bodies, 'record')} lost their bodies (they are booked without), ${lost}.`,
      `Look why events were not taken in time, or set OUTBOX_MAX_BYTES (${maxBytes}) higher`,
      'and give the disk the room.',
    ].join(' '),
  };
}

const count = (many: number, what: string) =>
  `${many.toLocaleString('en-US')} ${what}${many === 1 ? '' : 's'}`;
const clock = (at: number) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
