import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { AlertRow } from '../../../_shared/store/alerts.ts';
import { Button } from '../../../_shared/ui/Button.tsx';
import { formatDateTime, localTimeZone } from '../../../_shared/ui/format.ts';
import type { AlertsAnswer } from '../../api/alerts.ts';
import { Failure } from '../parts/Failure.tsx';
import { Skeleton } from '../parts/Skeleton.tsx';
import { get } from '../server.ts';
import { defaultView, writeView } from '../url-state.ts';

const pageSize = 50;
const refreshMs = 30_000;
const severities: Record<AlertRow['severity'], { word: string; text: string }> = {
  warning: { word: 'Warning', text: 'text-warn' },
  critical: { word: 'Critical', text: 'text-bad' },
};
const cell = 'px-2 py-2 align-baseline';

/** What was raised, newest first. */
export function AlertsPage() {
  const alerts = useInfiniteQuery({
    queryKey: ['alerts'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      get<AlertsAnswer>('alerts', { limit: pageSize, before: pageParam }, signal),
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval: refreshMs,
  });
  const rows = alerts.data?.pages.flatMap((page) => page.alerts) ?? [];
  return (
    <div className="mx-auto w-full max-w-[80rem] space-y-3 p-3 sm:p-5">
      <h1 className="text-lg font-semibold tracking-tight">Alerts</h1>
      {alerts.isError && (
        <Failure
          what="The alerts"
          error={alerts.error}
          retry={alerts.refetch}
          stale={alerts.data !== undefined}
        />
      )}
      {alerts.isPending && (
        <>
          <p role="status" className="sr-only">
            Loading the alerts…
          </p>
          <Skeleton className="h-40" />
        </>
      )}
      {alerts.data && rows.length === 0 && (
        <section className="rounded-lg border border-dashed border-line-strong px-4 py-10 text-center">
          <h2 className="font-semibold">Nothing was raised</h2>
          <p className="mx-auto mt-1 max-w-xl text-ink-soft">
            An alert is raised as calls are booked, when spending or failures pass what the rules
            allow.
          </p>
        </section>
      )}
      {rows.length > 0 && <AlertTable rows={rows} />}
      {alerts.hasNextPage && (
        <Button onClick={() => void alerts.fetchNextPage()} disabled={alerts.isFetchingNextPage}>
          Older
        </Button>
      )}
    </div>
  );
}

function AlertTable({ rows }: { rows: AlertRow[] }) {
  return (
    <table className="w-full rounded-lg border border-line bg-surface">
      <caption className="sr-only">Alerts, newest first. Times are in {localTimeZone()}.</caption>
      <thead className="text-left text-xs text-ink-faint">
        <tr>
          <th scope="col" className={`${cell} pl-4 font-medium`}>
            Raised
          </th>
          <th scope="col" className={`${cell} font-medium`}>
            What
          </th>
          <th scope="col" className={`${cell} font-medium max-sm:hidden`}>
            Rule
          </th>
          <th scope="col" className={`${cell} pr-4 font-medium max-md:hidden`}>
            Scope
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((alert) => {
          const { word, text } = severities[alert.severity];
          return (
            <tr key={alert.id} className="border-t border-line">
              <td className={`${cell} pl-4 sm:whitespace-nowrap`}>
                {formatDateTime(alert.raised_at)}
              </td>
              <td className={`${cell} w-full [overflow-wrap:anywhere]`}>
                <strong className={`font-semibold ${text}`}>{word}:</strong> {alert.message}{' '}
                <Link
                  href={callsOf(alert)}
                  className="text-accent whitespace-nowrap hover:underline"
                >
                  Calls of that time
                </Link>
              </td>
              <td className={`${cell} whitespace-nowrap text-ink-soft max-sm:hidden`}>
                {alert.rule}
              </td>
              <td className={`${cell} pr-4 text-ink-soft max-md:hidden`}>
                <span className="block max-w-60 truncate" title={alert.scope}>
                  {alert.scope}
                </span>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function callsOf({ window_start: from, window_ms: length }: AlertRow): string {
  return `/logs${writeView({ ...defaultView, range: { kind: 'custom', from, to: from + length } })}`;
}
