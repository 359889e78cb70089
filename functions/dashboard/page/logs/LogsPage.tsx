import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { Button } from '../../../_shared/ui/Button.tsx';
import { localTimeZone } from '../../../_shared/ui/format.ts';
import type { RequestLogsAnswer } from '../../api/request-logs.ts';
import { LogDetail } from '../detail/LogDetail.tsx';
import { Failure } from '../parts/Failure.tsx';
import { Filters } from '../parts/Filters.tsx';
import { Nothing } from '../parts/Nothing.tsx';
import { RangePicker } from '../parts/RangePicker.tsx';
import { describeRange, resolveRange } from '../range.ts';
import { get } from '../server.ts';
import { readView, type ViewState, writeView } from '../url-state.ts';
import { LogTable, LogTableSkeleton } from './LogTable.tsx';
import { useDetailKeys } from './use-detail-keys.ts';

const pageSize = 50;
const refreshMs = 3_000;

/** The log of calls, newest first, with one of them open beside it. */
export function LogsPage({ openId, gatewayUrl }: { openId: string | null; gatewayUrl: string }) {
  const search = useSearch();
  const [, navigate] = useLocation();
  const [live, setLive] = useState(true);
  const zone = useMemo(localTimeZone, []);
  const view = useMemo(() => readView(search), [search]);
  const before = new URLSearchParams(search).get('before');

  // An open call, or a text being selected, holds the list still.
  const following = live && before === null && openId === null && view.range.kind === 'relative';
  const logs = useQuery({
    queryKey: ['logs', view, before],
    queryFn: ({ signal }) => {
      const { from, to } = resolveRange(view.range, Date.now(), zone);
      return get<RequestLogsAnswer>(
        'request-logs',
        {
          from,
          // A call just booked may carry a clock a little ahead of this one.
          to: view.range.kind === 'relative' ? to + 60_000 : to,
          limit: pageSize,
          model: view.model ?? undefined,
          status: view.status ?? undefined,
          before: before ?? undefined,
        },
        signal,
      );
    },
    placeholderData: keepPreviousData,
    refetchInterval: () => (following && !isSelecting() ? refreshMs : false),
    refetchOnWindowFocus: following,
  });

  const change = (part: Partial<ViewState>) => navigate(`/logs${writeView({ ...view, ...part })}`);
  const toPage = (cursor: string | null) => {
    const query = new URLSearchParams(writeView(view));
    if (cursor) query.set('before', cursor);
    navigate(`/logs${query.size > 0 ? `?${query}` : ''}`);
  };
  const hrefOf = (id: string) => `/logs/${encodeURIComponent(id)}${search && `?${search}`}`;
  const rows = logs.data?.rows ?? [];
  const index = rows.findIndex(({ id, response_id }) => id === openId || response_id === openId);
  const open = (id: string | undefined) => {
    if (id) navigate(hrefOf(id), { replace: openId !== null });
  };
  const close = () => {
    navigate(`/logs${search && `?${search}`}`);
    const closed = rows[index]?.id ?? openId;
    requestAnimationFrame(() => {
      document.querySelector<HTMLElement>(`[data-log="${CSS.escape(closed ?? '')}"]`)?.focus();
    });
  };
  const previous = index > 0 ? rows[index - 1]?.id : undefined;
  const next = index === -1 ? undefined : rows[index + 1]?.id;
  const keys = useDetailKeys(openId !== null, {
    next: () => open(next),
    previous: () => open(previous),
    close,
  });

  return (
    <div className="flex min-h-0 flex-1">
      <div className={`min-w-0 flex-1 ${openId ? 'max-lg:hidden' : ''}`}>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 p-3 sm:px-5">
          <h1 className="text-lg font-semibold tracking-tight">Logs</h1>
          <RangePicker range={view.range} zone={zone} onChange={(range) => change({ range })} />
          <Filters view={view} onChange={change} />
          {before === null && view.range.kind === 'relative' && (
            <Button
              look="quiet"
              aria-pressed={live}
              onClick={() => setLive(!live)}
              className="ml-auto px-2"
              title={
                live
                  ? 'New calls appear by themselves, but not while a call is open'
                  : 'New calls wait for you'
              }
            >
              <span
                className={`size-2 rounded-full ${following ? 'bg-accent' : 'border border-line-strong'}`}
                aria-hidden
              />
              {live ? (openId ? 'On hold' : 'Live') : 'Paused'}
            </Button>
          )}
        </div>
        <div className="space-y-3 pb-6">
          {logs.isError && (
            <div className="px-3 sm:px-5">
              <Failure
                what="The log"
                error={logs.error}
                retry={logs.refetch}
                stale={logs.data !== undefined}
              />
            </div>
          )}
          {logs.isPending && <LogTableSkeleton />}
          {logs.data && (
            <div
              aria-busy={logs.isPlaceholderData}
              className={logs.isPlaceholderData ? 'opacity-55' : ''}
            >
              <p role="status" className="sr-only">
                {countOf(logs.data)}, {describeRange(view.range)}
              </p>
              {rows.length > 0 ? (
                <LogTable rows={rows} openIndex={index} hrefOf={hrefOf} onOpen={open} zone={zone} />
              ) : (
                <div className="px-3 sm:px-5">
                  <Nothing view={view} onChange={change} />
                </div>
              )}
              <div className="flex items-center gap-2 px-3 pt-3 sm:px-5">
                {before !== null && <Button onClick={() => toPage(null)}>Newest</Button>}
                {logs.data.next && <Button onClick={() => toPage(String(logs.data.next))}>Older</Button>}
                {rows.length > 0 && (
                  <span className="text-xs text-ink-faint">
                    {countOf(logs.data)}
                    {!logs.data.next && ', to the end of the range'}
                  </span>
                )}
              </div>
            </div>
          )}
        </div>
      </div>
      {openId && (
        <LogDetail
          id={openId}
          gatewayUrl={gatewayUrl}
          onClose={close}
          onPrevious={previous ? () => open(previous) : undefined}
          onNext={next ? () => open(next) : undefined}
          keys={keys}
        />
      )}
    </div>
  );
}

function countOf({ rows }: RequestLogsAnswer): string {
  return `${rows.length} ${rows.length === 1 ? 'call' : 'calls'} on this page`;
}

function isSelecting(): boolean {
  return document.getSelection()?.isCollapsed === false;
}
