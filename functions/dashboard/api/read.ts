import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { GatewayError } from '../../_shared/errors.ts';
import { callStatuses } from '../../_shared/events/types.ts';
import { parseJson, readBody } from '../../_shared/http/body.ts';
import { queryOf } from '../../_shared/http/router.ts';

/** The dashboard sends small bodies only. */
const longestBody = 16 * 1024;
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
  return check(schema, Object.fromEntries(queryOf(request)));
}

/** A request's JSON body, checked. Rejects with `invalid_request` or `request_too_large`. */
export async function readJson<T extends z.ZodType>(
  request: IncomingMessage,
  schema: T,
): Promise<z.output<T>> {
  return check(schema, parseJson(await readBody(request, longestBody)));
}

function check<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const param = issue?.path.join('.') || null;
  throw new GatewayError('invalid_request', [param, issue?.message].filter(Boolean).join(': '), {
    param,
  });
}

export function assertForward({ from, to }: { from: number; to: number }): void {
  if (from < to) return;
  throw new GatewayError('invalid_request', 'from: must be before to', { param: 'from' });
}
