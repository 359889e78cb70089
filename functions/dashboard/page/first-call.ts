import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { RequestLogsAnswer } from '../api/request-logs.ts';
import { get } from './server.ts';

export type FirstCall =
  /** There are calls, or it is not known yet: the usual pages. */
  | { state: 'past' }
  | { state: 'listening' }
  /** The call that ended the listening; for one render. */
  | { state: 'heard'; id: string };

/** Whether the gateway still waits for its first call. It asks until there is one. */
export function useFirstCall(): FirstCall {
  const [listened, setListened] = useState(false);
  const opened = useRef(false);
  const { data } = useQuery({
    queryKey: ['first-call'],
    queryFn: ({ signal }) => get<RequestLogsAnswer>('request-logs', { limit: 1 }, signal),
    refetchInterval: ({ state }) => (state.data?.rows.length === 0 ? 2000 : false),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const first = data?.rows[0];
  const empty = data !== undefined && first === undefined;

  useEffect(() => {
    if (empty) setListened(true);
  }, [empty]);
  useEffect(() => {
    if (listened && first) opened.current = true;
  }, [listened, first]);

  if (empty) return { state: 'listening' };
  if (listened && first && !opened.current) return { state: 'heard', id: first.id };
  return { state: 'past' };
}
