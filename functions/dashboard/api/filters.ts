import { z } from 'zod';
import { callStatuses } from '../../_shared/events/types.ts';
import { phrasesOf } from '../../_shared/store/search/words.ts';

const name = z.string().min(1).max(512).optional();
const flag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .optional();

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,16}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(least).max(most))
    .optional();

/** What both the charts and the log list can be narrowed to. */
export const callFilterFields = {
  model: name,
  provider: name,
  status: z.enum(callStatuses).optional(),
  key_id: name,
  team_id: name,
  user_id: name,
  tag: name,
};

/** What the log list, its tail and its export can be narrowed to, as parameters of a query. */
export const logFilterFields = {
  ...callFilterFields,
  end_user: name,
  endpoint: name,
  operation: name,
  stream: flag,
  cache_hit: flag,
  http_status: wholeNumber(100, 599),
  error_type: name,
  error_code: name,
  error_text: name,
  finish_reason: name,
  deployment_id: name,
  client_ip: name,
  unpriced: flag,
  min_cost_nanos: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  min_latency_ms: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  min_tokens: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  // Without a word in it, it would narrow to nothing: everything would seem to match.
  text: name.refine(
    (text) => text === undefined || phrasesOf(text).length > 0,
    'has no word to search for; give letters or digits',
  ),
};
