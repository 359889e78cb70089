import { z } from 'zod';
import type { Api } from '../api.ts';
import { commonMembers, modelName } from '../request.ts';
import { nativeWay } from '../ways/native.ts';

const part = z.looseObject({ type: z.string().max(64) });

const moderationsRequest = z.looseObject({
  ...commonMembers,
  // OpenAI's own default.
  model: modelName.default('omni-moderation-latest'),
  input: z.union(
    [z.string(), z.array(z.string()).min(1).max(10_000), z.array(part).min(1).max(10_000)],
    { error: 'expected a string, an array of strings, or of content parts' },
  ),
});
type ModerationsRequest = z.infer<typeof moderationsRequest>;

export const moderations: Api<ModerationsRequest> = {
  method: 'POST',
  endpoint: '/v1/moderations',
  operation: 'moderation',
  summary: 'Whether texts or images are harmful. Without a model: omni-moderation-latest.',
  schema: moderationsRequest,
  prompt: () => null,
  begin: (question, target) =>
    nativeWay(question, target, { path: '/moderations', member: 'results', read: () => ({}) }),
};
