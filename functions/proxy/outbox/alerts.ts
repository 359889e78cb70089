import { describeFull } from './full-alert.ts';
import type { OutboxEvent, OutboxOptions } from './outbox.ts';
import { describeParked } from './parked-alert.ts';
import type { FullToll, ParkedToll } from './toll.ts';
import { createTollAlert } from './toll-alert.ts';

/** What nobody has been told of yet. */
export interface Tolls {
  full: FullToll | null;
  parked: ParkedToll | null;
}

/** The alerts that the outbox raises of itself. */
export function createAlerts(options: OutboxOptions) {
  const full = createTollAlert(options, describeFull(options.maxBytes));
  const parked = createTollAlert(options, describeParked);
  return {
    due: (tolls: Tolls): OutboxEvent[] =>
      [full.due(tolls.full), parked.due(tolls.parked)].filter((alert) => alert !== null),
    /** An event is at its end. Gives what it told people of, if it was an alert. */
    ended: (event: OutboxEvent): Tolls => ({
      full: full.ended(event),
      parked: parked.ended(event),
    }),
  };
}
