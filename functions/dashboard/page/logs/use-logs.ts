import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { RequestLogRow } from '../../../_shared/store/request-logs.ts';
import type { EpochMs } from '../../../_shared/units.ts';
import type { RequestLogsAnswer } from '../../api/request-logs.ts';
import { type Range, resolveRange } from '../range.ts';
import { get } from '../server.ts';
import type { ViewState } from '../url-state.ts';
import { type Look, lookBack } from './look.ts';

const pageSize = 50;
/** A call just booked may carry a clock a little ahead of this one. */
const clocksDifferMs = 60_000;

export interface ListedPage extends RequestLogsAnswer {
  readAt: EpochMs;
}

function timesOf(range: Range, zone: string): { from: number; to: number } {
  const { from, to } = resolveRange(range, Date.now(), zone);
  return { from, to: range.kind === 'relative' ? to + clocksDifferMs : to };
}

/** A page of the log. Where it could not be filled in one go, it can be filled further. */
export function useLogs({ range, filter }: ViewState, before: number | undefined, zone: string) {
  return useInfiniteQuery({
    queryKey: ['logs', range, filter, before],
    initialPageParam: { before, wanted: pageSize } as Look,
    queryFn: async ({ pageParam, signal }): Promise<ListedPage> => {
      const readAt = Date.now();
      const page = await lookBack(pageParam, (from, limit) => {
        const query = { ...timesOf(range, zone), ...filter, limit, before: from };
        return get<RequestLogsAnswer>('request-logs', query, signal);
      });
      return { ...page, readAt };
    },
    getNextPageParam: ({ next }, pages): Look | undefined => {
      const wanted = pageSize - rowsIn(pages).length;
      return next === null || wanted <= 0 ? undefined : { before: next, wanted };
    },
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });
}

export function rowsIn(pages: RequestLogsAnswer[]): RequestLogRow[] {
  return pages.flatMap(({ rows }) => rows);
}
