import { datarefOf } from '../../_shared/events/dataref.ts';
import type { Outcome, Sent } from './delivery.ts';
import type { JournalEntry } from './journal.ts';
import type { KeepFailure } from './keeper.ts';
import type { Bodies, OutboxEvent } from './outbox.ts';

export interface SendParts {
  /** Puts bodies into the store; null when they are there. */
  keep(name: { id: string; source: string } & Bodies): Promise<KeepFailure | null>;
  post(event: OutboxEvent): Promise<Outcome>;
  /** The bodies of an event are in the store, and need not be kept here any longer. */
  onMoved(entry: JournalEntry): void;
}

/**
 * Sends an event, and before that its bodies to the store where they are too large to travel: a
 * claim check. A store that is away puts off such an event and no other.
 */
export function createSend({ keep, post, onMoved }: SendParts) {
  return async function send({ seq, event }: JournalEntry): Promise<Sent> {
    const { bodies, ...rest } = event;
    if (!bodies) return { outcome: await post(event), event };
    const { id, source } = event;
    const failure = await keep({ id, source, ...bodies });
    if (failure) {
      const { reason, isAway } = failure;
      return { outcome: { kind: 'later', reason, isOwnFault: !isAway }, event };
    }
    const bare = { ...rest, extensions: { ...event.extensions, dataref: datarefOf(event) } };
    onMoved({ seq, event: bare });
    return { outcome: await post(bare), event: bare };
  };
}
