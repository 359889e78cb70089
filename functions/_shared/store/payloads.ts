import { z } from 'zod';
import { name } from './bounds.ts';
import type { GroupMethods } from './method.ts';

export interface Payload {
  id: string;
  source: string;
  /** Any JSON; null where there is no body. */
  request: unknown;
  response: unknown;
}

/**
 * Bodies as JSON text, which is how those have them that keep them. As objects, large ones would
 * hold up a thread for as long as they are copied to the next.
 */
export interface PayloadText {
  id: string;
  source: string;
  request: string | null;
  response: string | null;
}

/** Bodies that are too large to travel with their record. */
export interface Payloads {
  /** Keeps bodies ahead of their record. The second under the same names changes nothing. */
  keep(payload: PayloadText): Promise<void>;
  /** The bodies of a record, booked or not yet; null if there are none. */
  find(id: string, source: string): Promise<Payload | null>;
}

const payloadText = z.object({
  id: name.min(1),
  source: name.min(1),
  request: z.string().nullable(),
  response: z.string().nullable(),
});

export const payloads: GroupMethods<Payloads> = {
  keep: { access: 'write', args: [payloadText] },
  find: { access: 'read', args: [name.min(1), name.min(1)] },
};
