import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { KeyAliasesAnswer } from '../api/key-aliases.ts';
import { get } from './server.ts';

/** A key without a name of its own, by the beginning of its hash. */
export const shortKey = (id: string): string => id.slice(0, 8);

/** What to call keys: by their alias as soon as it is known, and if they have one. */
export function useKeyNames(ids: string[]): (id: string) => string {
  const asked = [...new Set(ids)].filter((id) => id !== '').sort();
  const { data } = useQuery({
    queryKey: ['key-aliases', asked],
    queryFn: ({ signal }) => get<KeyAliasesAnswer>('key-aliases', { id: asked }, signal),
    enabled: asked.length > 0,
    staleTime: 5 * 60_000,
  });
  return useCallback((id) => data?.aliases[id] ?? shortKey(id), [data]);
}
