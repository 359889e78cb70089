import { z } from 'zod';
import type { Api } from '../api.ts';
import { readOpenAiUsage } from '../providers/openai-usage.ts';
import { commonMembers } from '../request.ts';
import { nativeWay } from '../ways/native.ts';

const rerankRequest = z.looseObject({
  ...commonMembers,
  query: z.string().min(1),
  documents: z
    .array(z.union([z.string(), z.looseObject({})]))
    .min(1)
    .max(10_000),
  top_n: z.number().int().min(1).nullish(),
});
type RerankRequest = z.infer<typeof rerankRequest>;

/** Cohere's, which the others took over. */
export const rerank: Api<RerankRequest> = {
  method: 'POST',
  endpoint: '/v1/rerank',
  operation: 'rerank',
  summary: 'Documents by how well they answer a query, in the words of Cohere, vLLM and Together.',
  schema: rerankRequest,
  prompt: () => null,
  begin: (question, target) =>
    nativeWay(question, target, {
      path: '/rerank',
      member: 'results',
      read: (given) => ({ tokens: readOpenAiUsage(given.usage ?? null) }),
    }),
};
