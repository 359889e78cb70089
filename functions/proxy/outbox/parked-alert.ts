import { giveUpAfter } from './failures.ts';
import { clock, count, type Describe } from './toll-alert.ts';

/** Tells what is kept and not delivered any more. */
export const describeParked: Describe<'events'> = ({ since, events }) => ({
  rule: 'outbox_parked',
  severity: 'critical',
  value: events,
  message: [
    `${count(events, 'event')} put aside since ${clock(since)}; what they tell of is not in the books.`,
    `Each was refused for good, or failed ${giveUpAfter.failures} times in`,
    `${giveUpAfter.ms / 3600_000} hours while others were taken. The proxy's log says why, by id.`,
    'They are kept in the outbox; start the proxy anew to have those that failed tried again.',
  ].join(' '),
});
