import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import type { RequestLogsAnswer } from '../api/request-logs.ts';
import { get } from './server.ts';

/** `past` also where it cannot be told: the usual pages then say what is wrong. */
export type FirstCall = 'unknown' | 'awaited' | 'past';

/** Whether the gateway still waits for its first call. When that comes, its log opens by itself. */
export function useFirstCall(): FirstCall {
  const [, navigate] = useLocation();
  const awaited = useRef(false);
  const { data, failureCount } = useQuery({
    queryKey: ['first-call'],
    queryFn: ({ signal }) => get<RequestLogsAnswer>('request-logs', { limit: 1 }, signal),
    refetchInterval: ({ state }) => (state.data?.rows.length === 0 ? 2000 : false),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const id = data?.rows[0]?.id;
  const empty = data !== undefined && id === undefined;

  useEffect(() => {
    if (empty) {
      awaited.current = true;
    } else if (id !== undefined && awaited.current) {
      awaited.current = false;
      navigate(`/logs/${encodeURIComponent(id)}`, { replace: true });
    }
  }, [empty, id, navigate]);

  if (empty) return 'awaited';
  return data === undefined && failureCount === 0 ? 'unknown' : 'past';
}
