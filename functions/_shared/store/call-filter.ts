import { z } from 'zod';
import { type CallStatus, callStatuses } from '../events/types.ts';
import { name } from './bounds.ts';

/** What calls are about; every member given must match. */
export interface CallFilter {
  model?: string;
  provider?: string;
  status?: CallStatus;
  key_id?: string;
  team_id?: string;
  user_id?: string;
  /** One of the call's tags. */
  tag?: string;
}

export const callFilterFields = {
  model: name.optional(),
  provider: name.optional(),
  status: z.enum(callStatuses).optional(),
  key_id: name.optional(),
  team_id: name.optional(),
  user_id: name.optional(),
  tag: name.optional(),
};
