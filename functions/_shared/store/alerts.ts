import { z } from 'zod';
import type { AlertRaised } from '../events/types.ts';
import type { EpochMs } from '../units.ts';
import { limitUpTo, name, time } from './bounds.ts';
import type { GroupMethods } from './method.ts';

export interface AlertRow extends AlertRaised {
  id: string;
  raised_at: EpochMs;
}

export interface Alerts {
  /**
   * Remembers an alert and says whether it is the first for its rule, scope and window: of any
   * number of callers one hears `true`.
   */
  raise(alert: AlertRaised & { id: string }): Promise<boolean>;
  /** Newest first; `before` is the last row seen. `limit` 1 to 500. */
  list(query: {
    limit: number;
    before?: { raised_at: EpochMs; id: string } | undefined;
  }): Promise<AlertRow[]>;
}

export const alerts: GroupMethods<Alerts> = {
  raise: { access: 'write', args: [z.looseObject({ id: name })] },
  list: {
    access: 'read',
    args: [
      z.object({
        limit: limitUpTo(500),
        before: z.object({ raised_at: time, id: name }).optional(),
      }),
    ],
  },
};
