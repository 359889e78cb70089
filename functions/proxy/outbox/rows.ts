import type { OutboxEvent } from './outbox.ts';

/** A row of the outbox's file, as far as an event is made of it. */
export interface Row {
  seq: number;
  head: string;
  data: string;
}

export function toEvent({ head, data }: Row): OutboxEvent {
  return { ...JSON.parse(head), data };
}
