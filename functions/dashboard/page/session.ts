import { useQuery } from '@tanstack/react-query';
import type { SessionAnswer } from '../api/session.ts';
import { get } from './server.ts';

export const sessionKey = ['session'];

/** Who is signed in; null when nobody is. */
export function useSession() {
  return useQuery({
    queryKey: sessionKey,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => get<SessionAnswer | null>('session', {}, signal),
  });
}
