import { noTokens } from '../../_shared/units.ts';
import type { KeptAnswer } from './kept-answer.ts';

export function aKeptAnswer(fields: Partial<KeptAnswer> = {}): KeptAnswer {
  return {
    text: '{"id":"chatcmpl-1","choices":[]}',
    responseId: 'chatcmpl-1',
    finishReason: 'stop',
    tokens: { ...noTokens(), input: 7, output: 2 },
    tokensSource: 'upstream',
    cost: 1234,
    madeAt: 1_750_000_000_000,
    expiresAt: 4_000_000_000_000,
    ...fields,
  };
}
