import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { GatewayError } from '../../_shared/errors.ts';
import { checkInput } from '../../_shared/http/checked.ts';
import { queryOf } from '../../_shared/http/router.ts';

/** Matches the bound of times in events: up to the year 2255. */
const latest = 9_000_000_000_000;

export const epochMs = z.coerce.number().int().min(0).max(latest);

/** The time that a query is about; without bounds, all of it. */
export const rangeFields = { from: epochMs.default(0), to: epochMs.default(latest) };

/**
 * A request's query, checked. Throws `invalid_request` naming the parameter; also one that is
 * misspelt or given twice, as an answer that ignores it would look right and be wrong.
 */
export function readQuery<T extends z.ZodRawShape>(
  request: IncomingMessage,
  fields: T,
): z.output<z.ZodObject<T>> {
  const given = queryOf(request);
  for (const name of given.keys()) {
    if (!Object.hasOwn(fields, name)) {
      const known = Object.keys(fields).join(', ');
      refuse(name, `there is no such parameter here; there are ${known}`);
    }
    if (given.getAll(name).length > 1) refuse(name, 'may be given once only');
  }
  return checkInput(z.object(fields), Object.fromEntries(given));
}

/** Throws `invalid_request` about one parameter. */
export function refuse(param: string, reason: string): never {
  throw new GatewayError('invalid_request', `${param.slice(0, 100)}: ${reason}`, { param });
}

export function assertForward({ from, to }: { from: number; to: number }): void {
  if (from < to) return;
  throw new GatewayError('invalid_request', 'from: must be before to', { param: 'from' });
}
