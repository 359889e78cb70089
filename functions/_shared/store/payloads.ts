import { z } from 'zod';
import { name } from './bounds.ts';
import type { GroupMethods } from './methods.ts';

export interface Payload {
  id: string;
  source: string;
  /** Any JSON; null where there is no body. */
  request: unknown;
  response: unknown;
}

/** Bodies that are too large to travel with their record. */
export interface Payloads {
  /** Keeps bodies ahead of their record. The second under the same names changes nothing. */
  keep(payload: Payload): Promise<void>;
  /** The bodies of a record, booked or not yet; null if there are none. */
  find(id: string, source: string): Promise<Payload | null>;
}

export const payloads: GroupMethods<Payloads> = {
  keep: { access: 'write', args: [z.looseObject({ id: name.min(1), source: name.min(1) })] },
  find: { access: 'read', args: [name.min(1), name.min(1)] },
};
