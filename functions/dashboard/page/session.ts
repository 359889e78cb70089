import { useQuery } from '@tanstack/react-query';
import type { SessionAnswer } from '../api/session.ts';
import { get, ServerError } from './server.ts';

export const sessionKey = ['session'];

/** Who is signed in; null when nobody is. */
export function useSession() {
  return useQuery({
    queryKey: sessionKey,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      get<SessionAnswer>('session', {}, signal).catch((error: unknown) => {
        if (error instanceof ServerError && error.status === 401) return null;
        throw error;
      }),
  });
}
