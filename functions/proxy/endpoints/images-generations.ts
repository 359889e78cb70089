import { z } from 'zod';
import type { Api } from '../api.ts';
import { isObject } from '../providers/json.ts';
import { readResponsesUsage } from '../providers/responses-usage.ts';
import { commonMembers } from '../request.ts';
import { nativeWay } from '../ways/native.ts';

const imagesRequest = z.looseObject({
  ...commonMembers,
  prompt: z.string().min(1),
  n: z.number().int().min(1).max(128).nullish(),
  stream: z
    .literal(false, { error: 'partial images are not streamed here; leave it out' })
    .nullish(),
});
type ImagesRequest = z.infer<typeof imagesRequest>;

export const imagesGenerations: Api<ImagesRequest> = {
  method: 'POST',
  endpoint: '/v1/images/generations',
  operation: 'image_generation',
  summary:
    'Images of a description. Priced where the provider tells tokens; the log keeps no pixels.',
  schema: imagesRequest,
  prompt: () => null,
  begin: (question, target) =>
    nativeWay(question, target, {
      path: '/images/generations',
      member: 'data',
      read: (given) => ({
        body: { ...given, data: withoutPixels(given.data) },
        tokens: readResponsesUsage(given.usage ?? null),
      }),
    }),
};

function withoutPixels(data: unknown): unknown {
  if (!Array.isArray(data)) return data;
  return data.map((each) =>
    isObject(each) && typeof each.b64_json === 'string'
      ? { ...each, b64_json: `(${each.b64_json.length} characters of base64, not kept)` }
      : each,
  );
}
