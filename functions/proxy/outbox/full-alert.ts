import { clock, count, type Describe } from './toll-alert.ts';

/** Tells what the outbox had to drop. */
export const describeFull =
  (maxBytes: number): Describe<'bodies' | 'records'> =>
  ({ since, bodies, records }) => {
    const lost = records === 0 ? 'no record was lost' : `${count(records, 'record')} lost for good`;
    return {
      rule: 'outbox_full',
      severity: 'critical',
      value: bodies + records,
      message: [
        `The outbox had no room for all that waited for delivery since ${clock(since)}:`,
        `${count(bodies, 'record')} lost their bodies (they are booked without), ${lost}.`,
        `Look why events were not taken in time, or set OUTBOX_MAX_BYTES (${maxBytes}) higher`,
        'and give the disk the room.',
      ].join(' '),
    };
  };
