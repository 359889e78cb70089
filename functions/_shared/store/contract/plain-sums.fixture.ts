import { totalTokens } from '../../units.ts';
import type { BookableRecord } from '../request-logs.ts';
import type { UsageDimension } from '../usage.ts';

export type Data = BookableRecord['data'];

/** What a call counts for; by tag for each of its tags. */
export const namesIn = (data: Data, dimension: UsageDimension): string[] => {
  if (dimension !== 'tag') return [data[dimension] ?? ''];
  const tags = [...new Set(data.tags)].filter((tag) => tag !== '');
  return tags.length > 0 ? tags : [''];
};

/** What a plain sum over the records says, percentiles apart. */
export function plainSums(calls: Data[]) {
  const sum = (of: (data: Data) => number) => calls.reduce((total, data) => total + of(data), 0);
  return {
    calls: calls.length,
    failures: sum(({ status }) => (status === 'failure' ? 1 : 0)),
    interruptions: sum(({ status }) => (status === 'interrupted' ? 1 : 0)),
    tokens: {
      input: sum(({ tokens }) => tokens.input),
      output: sum(({ tokens }) => tokens.output),
    },
    cost_nanos: sum((data) => data.cost_nanos ?? 0),
    unpriced_calls: sum(({ cost_nanos, status, tokens }) =>
      cost_nanos === null && (status === 'success' || totalTokens(tokens) > 0) ? 1 : 0,
    ),
    cache_hits: sum(({ cache_hit }) => (cache_hit ? 1 : 0)),
    saved_nanos: sum((data) => data.saved_nanos ?? 0),
  };
}
