import { z } from 'zod';
import { commonMembers } from './request.ts';

const contentPart = z.looseObject({ type: z.string().max(64) });

const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: z
    .union([z.string(), z.array(contentPart).max(10_000)], {
      error: 'expected a string or an array of at most 10000 content parts, each with a type',
    })
    .nullish(),
});

/**
 * The body of `POST /v1/chat/completions`. What we act on or count is checked; all else is the
 * upstream's to judge and passes as it is.
 */
export const chatRequest = z.looseObject({
  ...commonMembers,
  messages: z.array(message).min(1).max(100_000),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  n: z.number().int().min(1).max(128).nullish(),
  max_tokens: z.number().int().min(1).nullish(),
  max_completion_tokens: z.number().int().min(1).nullish(),
  tools: z
    .array(z.looseObject({ type: z.string().max(64) }))
    .max(10_000)
    .nullish(),
});
export type ChatRequest = z.infer<typeof chatRequest>;
