import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { GatewayError } from '../../_shared/errors.ts';
import { callStatuses } from '../../_shared/events/types.ts';
import { checkInput } from '../../_shared/http/checked.ts';
import { queryOf } from '../../_shared/http/router.ts';

/** Matches the bound of times in events: up to the year 2255. */
const latest = 9_000_000_000_000;

export const epochMs = z.coerce.number().int().min(0).max(latest);

/** What both the charts and the log list can be narrowed to. */
export const filterFields = {
  model: z.string().min(1).max(512).optional(),
  status: z.enum(callStatuses).optional(),
};

/** The time that a query is about; without bounds, all of it. */
export const rangeFields = { from: epochMs.default(0), to: epochMs.default(latest) };

/** A request's query, checked. Throws `invalid_request` naming the parameter. */
export function readQuery<T extends z.ZodType>(request: IncomingMessage, schema: T): z.output<T> {
  return checkInput(schema, Object.fromEntries(queryOf(request)));
}

export function assertForward({ from, to }: { from: number; to: number }): void {
  if (from < to) return;
  throw new GatewayError('invalid_request', 'from: must be before to', { param: 'from' });
}
