import { useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';
import { Button } from '../../../_shared/ui/Button.tsx';
import { localTimeZone } from '../../../_shared/ui/format.ts';
import { LogDetail } from '../detail/LogDetail.tsx';
import { type FilterName, withFilter } from '../filter.ts';
import { Failure } from '../parts/Failure.tsx';
import { Filters } from '../parts/Filters.tsx';
import { Nothing } from '../parts/Nothing.tsx';
import { RangePicker } from '../parts/RangePicker.tsx';
import { readView, type ViewState, writeView } from '../url-state.ts';
import { ExportButton } from './ExportButton.tsx';
import { LiveSwitch } from './LiveSwitch.tsx';
import { LogTable, LogTableSkeleton } from './LogTable.tsx';
import { withFresh } from './look.ts';
import { NothingSoFar, PageEnd } from './PageEnd.tsx';
import { SearchBox } from './SearchBox.tsx';
import { useDetailKeys } from './use-detail-keys.ts';
import { useLive } from './use-live.ts';
import { rowsIn, useLogs } from './use-logs.ts';

/** The log of calls, newest first, with one of them open beside it. */
export function LogsPage({ openId, gatewayUrl }: { openId: string | null; gatewayUrl: string }) {
  const search = useSearch();
  const [, navigate] = useLocation();
  const zone = useMemo(localTimeZone, []);
  const view = useMemo(() => readView(search), [search]);
  const before = beforeIn(search);
  const logs = useLogs(view, before, zone);
  const isNewest = before === undefined;
  const live = useLive(view, {
    isNewest,
    listedAt: logs.isPlaceholderData ? undefined : logs.data?.pages[0]?.readAt,
    isOpen: openId !== null,
    refetch: logs.refetch,
  });

  const change = (part: Partial<ViewState>) => navigate(`/logs${writeView({ ...view, ...part })}`);
  const setFilter = (name: FilterName, value: string | null) =>
    change({ filter: withFilter(view.filter, name, value) });
  const toPage = (cursor: number | null) => {
    const query = new URLSearchParams(writeView(view));
    if (cursor !== null) query.set('before', String(cursor));
    navigate(`/logs${query.size > 0 ? `?${query}` : ''}`);
  };
  const hrefOf = (id: string) => `/logs/${encodeURIComponent(id)}${search && `?${search}`}`;
  const pages = logs.data?.pages ?? [];
  const end = pages.at(-1);
  const rows = withFresh(live.shown, rowsIn(pages));
  const index =
    openId === null
      ? -1
      : rows.findIndex(({ id, response_id }) => id === openId || response_id === openId);
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
  const isPart = end !== undefined && end.next !== null && logs.hasNextPage;

  return (
    <div className="flex min-h-0 flex-1">
      <div className={`min-w-0 flex-1 ${openId ? 'max-lg:hidden' : ''}`}>
        <div className="space-y-2 p-3 sm:px-5">
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <h1 className="text-lg font-semibold tracking-tight">Logs</h1>
            <RangePicker range={view.range} zone={zone} onChange={(range) => change({ range })} />
            <SearchBox text={view.filter.text} onSearch={(text) => setFilter('text', text)} />
            <div className="ml-auto flex items-center gap-2">
              {live.state && <LiveSwitch state={live.state} onToggle={live.toggle} />}
              <ExportButton view={view} zone={zone} />
            </div>
          </div>
          <div className="flex flex-wrap items-center gap-2">
            <Filters view={view} onChange={change} />
          </div>
        </div>
        <div className="pb-6">
          {logs.isError && (
            <div className="px-3 pb-3 sm:px-5">
              <Failure
                what="The log"
                error={logs.error}
                retry={logs.refetch}
                stale={logs.data !== undefined}
              />
            </div>
          )}
          {logs.isPending && <LogTableSkeleton isSearch={view.filter.text !== undefined} />}
          {live.waiting > 0 && (
            <Button
              look="primary"
              className="sticky top-14 left-1/2 z-10 -translate-x-1/2"
              onClick={live.release}
            >
              Show {live.waiting} new {live.waiting === 1 ? 'call' : 'calls'}
            </Button>
          )}
          {end && (
            <div
              aria-busy={logs.isPlaceholderData}
              className={logs.isPlaceholderData ? 'opacity-55' : ''}
            >
              {rows.length > 0 && (
                <LogTable
                  rows={rows}
                  fresh={live.shown}
                  openIndex={index}
                  hrefOf={hrefOf}
                  onOpen={open}
                  onFilter={setFilter}
                  zone={zone}
                />
              )}
              {rows.length === 0 && (
                <div className="px-3 sm:px-5">
                  {isPart ? (
                    <NothingSoFar
                      lookedBackTo={end.looked_back_to}
                      isLooking={logs.isFetchingNextPage}
                      onFurther={() => void logs.fetchNextPage()}
                    />
                  ) : (
                    <Nothing view={view} onChange={change} />
                  )}
                </div>
              )}
              <PageEnd
                count={rows.length}
                lookedBackTo={end.looked_back_to}
                isNewest={isNewest}
                isLooking={logs.isFetchingNextPage}
                onNewest={() => toPage(null)}
                onOlder={end.next === null ? undefined : () => toPage(end.next)}
                onFurther={isPart ? () => void logs.fetchNextPage() : undefined}
              />
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
          onFilter={setFilter}
          keys={keys}
        />
      )}
    </div>
  );
}

function beforeIn(search: string): number | undefined {
  const text = new URLSearchParams(search).get('before') ?? '';
  return /^\d{1,16}$/.test(text) ? Number(text) : undefined;
}
