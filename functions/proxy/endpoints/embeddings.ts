import { z } from 'zod';
import type { Api } from '../api.ts';
import { isObject } from '../providers/json.ts';
import { readOpenAiUsage } from '../providers/openai-usage.ts';
import { commonMembers } from '../request.ts';
import { nativeWay } from '../ways/native.ts';

const tokens = z.array(z.number().int().min(0)).min(1).max(1_000_000);

const embeddingsRequest = z.looseObject({
  ...commonMembers,
  input: z.union(
    [
      z.string(),
      z.array(z.string()).min(1).max(100_000),
      tokens,
      z.array(tokens).min(1).max(100_000),
    ],
    { error: 'expected a string, an array of strings, of tokens, or of arrays of tokens' },
  ),
  dimensions: z.number().int().min(1).nullish(),
  encoding_format: z.enum(['float', 'base64']).nullish(),
});
type EmbeddingsRequest = z.infer<typeof embeddingsRequest>;

export const embeddings: Api<EmbeddingsRequest> = {
  method: 'POST',
  endpoint: '/v1/embeddings',
  operation: 'embeddings',
  summary: 'Vectors of texts or tokens. The log keeps how long each was, not its numbers.',
  schema: embeddingsRequest,
  prompt: ({ input }) => (typeof input === 'string' ? input : input.flat().join(' ')),
  keeping: {
    callTypes: ['embedding', 'aembedding'],
    isWorthIt: () => true,
    booked(text) {
      const given = JSON.parse(text);
      return { ...given, data: withoutVectors(given.data) };
    },
  },
  begin: (question, target) =>
    nativeWay(question, target, {
      path: '/embeddings',
      member: 'data',
      read: (given) => ({
        body: { ...given, model: question.asked.model, data: withoutVectors(given.data) },
        tokens: readOpenAiUsage(given.usage ?? null),
      }),
    }),
};

/** Vectors are most of such an answer and tell a person nothing; the books say how long they were. */
function withoutVectors(data: unknown): unknown {
  if (!Array.isArray(data)) return data;
  return data.map((each) => {
    if (!isObject(each)) return each;
    const { embedding } = each;
    const extent = Array.isArray(embedding)
      ? `${embedding.length} numbers`
      : `${String(embedding).length} characters of base64`;
    return { ...each, embedding: `(${extent}, not kept)` };
  });
}
