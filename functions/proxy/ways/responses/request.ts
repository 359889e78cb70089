import { z } from 'zod';
import { GatewayError } from '../../../_shared/errors.ts';
import { commonMembers } from '../../request.ts';
import { openResponseId, type ResponsePlace } from './response-id.ts';

const item = z.looseObject({
  type: z.string().max(64).nullish(),
  role: z.string().max(64).nullish(),
});

/** What we act on in `POST /v1/responses`; all else is the upstream's to judge. */
export const responsesRequest = z.looseObject({
  ...commonMembers,
  input: z
    .union([z.string(), z.array(item).max(100_000)], {
      error: 'expected a string or an array of at most 100000 items',
    })
    .nullish(),
  instructions: z.string().nullish(),
  previous_response_id: z.string().max(2048).nullish(),
  background: z.boolean().nullish(),
  max_output_tokens: z.number().int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  tools: z
    .array(z.looseObject({ type: z.string().max(64) }))
    .max(10_000)
    .nullish(),
});
export type ResponsesRequest = z.infer<typeof responsesRequest>;

const flag = z
  .enum(['true', 'false'])
  .optional()
  .transform((value) => value === 'true');

/** A request about a response that is there, by its id in the path. */
export const storedRequest = z
  .looseObject({ response_id: z.string().min(1).max(2048), stream: flag })
  .transform((given) => ({ ...given, ...needPlace(given.response_id) }));
export type StoredRequest = z.infer<typeof storedRequest>;

/** Where a response is. Throws OpenAI's 404 for an id that no deployment of ours gave. */
export function needPlace(
  id: string,
  param = 'response_id',
): { model: string; place: ResponsePlace } {
  const place = openResponseId(id);
  if (place) return { model: place.model, place };
  throw new GatewayError('not_found', `Response with id '${id.slice(0, 128)}' not found.`, {
    type: 'invalid_request_error',
    param,
  });
}
