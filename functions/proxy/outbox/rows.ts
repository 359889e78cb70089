import type { OutboxEvent } from './outbox.ts';

/** A row of the outbox's file, as far as an event is made of it. */
export interface Row {
  seq: number;
  head: string;
  data: string;
  request: string | null;
  response: string | null;
}

export function toEvent({ head, data, request, response }: Row): OutboxEvent {
  const event: OutboxEvent = { ...JSON.parse(head), data };
  if (request !== null || response !== null) event.bodies = { request, response };
  return event;
}

/** What an event takes, near enough: most of it is ASCII, and of text a length is cheap to know. */
export const sizeOf = ({ data, bodies }: OutboxEvent): number =>
  data.length + (bodies?.request?.length ?? 0) + (bodies?.response?.length ?? 0);
