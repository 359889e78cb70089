import { z } from 'zod';
import type { Nanos } from '../money.ts';
import { limitUpTo, name } from './bounds.ts';
import type { GroupMethods } from './method.ts';

export const spendScopes = ['global', 'key', 'team', 'user', 'end_user', 'tag'] as const;
export type SpendScope = (typeof spendScopes)[number];

export interface Spent {
  cost_nanos: Nanos;
  calls: number;
}

export interface Spend {
  /** All that was ever booked on a scope. `global` has the id ''. Zero where nothing was. */
  of(scope: SpendScope, id: string): Promise<Spent>;
  /** The biggest of a scope by cost, then by id. `limit` 1 to 500. */
  list(query: { scope: SpendScope; limit: number }): Promise<(Spent & { id: string })[]>;
}

export const spend: GroupMethods<Spend> = {
  of: { access: 'read', args: [z.enum(spendScopes), name] },
  list: {
    access: 'read',
    args: [z.object({ scope: z.enum(spendScopes), limit: limitUpTo(500) })],
  },
};
