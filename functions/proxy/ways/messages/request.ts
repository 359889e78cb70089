import { z } from 'zod';
import { commonMembers } from '../../request.ts';

const block = z.looseObject({ type: z.string().max(64) });
const content = z.union([z.string(), z.array(block).max(10_000)], {
  error: 'expected a string or an array of at most 10000 content blocks, each with a type',
});

const shared = {
  ...commonMembers,
  messages: z
    .array(z.looseObject({ role: z.enum(['user', 'assistant', 'system']), content }))
    .min(1)
    .max(100_000),
  system: content.nullish(),
  tools: z.array(z.looseObject({})).max(10_000).nullish(),
};

export const countRequest = z.looseObject(shared);
export type CountRequest = z.infer<typeof countRequest>;

/** What we act on in `POST /v1/messages`; all else is the upstream's to judge. */
export const messagesRequest = z.looseObject({
  ...shared,
  max_tokens: z.number().int().min(1),
  temperature: z.number().min(0).max(1).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  stop_sequences: z.array(z.string()).max(1000).nullish(),
});
export type MessagesRequest = z.infer<typeof messagesRequest>;
