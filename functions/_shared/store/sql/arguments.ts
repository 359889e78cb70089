import { z } from 'zod';
import { GatewayError } from '../../errors.ts';
import { callStatuses } from '../../events/types.ts';
import type { MethodName } from '../methods.ts';
import { spendScopes, usageDimensions, usageSteps } from '../store.ts';

const id = z.string().max(512);
const time = z.number().int().min(0).max(9_000_000_000_000);
const range = z
  .object({ from: time, to: time })
  .refine(({ from, to }) => from < to, 'must start before it ends');
const filter = z.strictObject({
  model: id.optional(),
  provider: id.optional(),
  status: z.enum(callStatuses).optional(),
  key_id: id.optional(),
  team_id: id.optional(),
  user_id: id.optional(),
});
const usage = { range, filter };
const pointLimit = 10_000;
const shortestStepMs = { minute: 60_000, quarter_hour: 900_000, hour: 3_600_000, day: 82_800_000 };

const series = z
  .object({ ...usage, step: z.enum(usageSteps), time_zone: z.string().max(64) })
  .refine(
    ({ step, range: { from, to } }) => (to - from) / shortestStepMs[step] <= pointLimit,
    `would give more than ${pointLimit} points; choose a longer step`,
  );

/** The bounds of each method's arguments. Records were checked when their event came in. */
const bounds: Record<MethodName, z.ZodType> = {
  'requestLogs.book': z.tuple([
    z.array(z.looseObject({ id: id.min(1), source: id.min(1) })).max(1000),
  ]),
  'requestLogs.find': z.tuple([id.min(1)]),
  'requestLogs.list': z.tuple([
    z.object({
      range,
      filter,
      limit: z.number().int().min(1).max(500),
      before: z.object({ started_at: time, id }).optional(),
    }),
  ]),
  'usage.totals': z.tuple([z.object(usage)]),
  'usage.series': z.tuple([series]),
  'usage.rank': z.tuple([
    z.object({ ...usage, by: z.enum(usageDimensions), limit: z.number().int().min(1).max(100) }),
  ]),
  'spend.of': z.tuple([z.enum(spendScopes), id]),
  'alerts.raise': z.tuple([z.looseObject({ id })]),
};

/** Throws `invalid_request` that names the argument at fault. */
export function checkArguments(name: MethodName, args: unknown[]): void {
  const parsed = bounds[name]?.safeParse(args);
  if (!parsed || parsed.success) return;
  const [issue] = parsed.error.issues;
  const place = issue?.path.slice(1).join('.') || 'argument';
  throw new GatewayError('invalid_request', `${name}: ${place} ${issue?.message}`, {
    param: place,
  });
}
