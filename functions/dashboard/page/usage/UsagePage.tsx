import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { formatCount, localTimeZone } from '../../../_shared/ui/format.ts';
import type { UsageAnswer } from '../../api/usage.ts';
import { Failure } from '../parts/Failure.tsx';
import { Filters } from '../parts/Filters.tsx';
import { Nothing } from '../parts/Nothing.tsx';
import { RangePicker } from '../parts/RangePicker.tsx';
import { Skeleton } from '../parts/Skeleton.tsx';
import { describeRange, resolveRange } from '../range.ts';
import { get } from '../server.ts';
import { type ViewState, writeView } from '../url-state.ts';
import { useView } from '../use-view.ts';
import { CallsChart, LatencyChart } from './charts.tsx';
import { ModelTable } from './ModelTable.tsx';
import { Tiles } from './Tiles.tsx';

/** The chart follows the clock at this pace while the page is seen. */
const refreshMs = 15_000;

export function UsagePage() {
  const [view, change] = useView();
  const zone = useMemo(localTimeZone, []);
  const usage = useQuery({
    queryKey: ['usage', view, zone],
    queryFn: ({ signal }) => {
      const { from, to, step } = resolveRange(view.range, Date.now(), zone);
      const filter = { model: view.model ?? undefined, status: view.status ?? undefined };
      return get<UsageAnswer>('usage', { from, to, step, tz: zone, ...filter }, signal);
    },
    placeholderData: keepPreviousData,
    refetchInterval: view.range.kind === 'relative' ? refreshMs : false,
  });

  return (
    <div className="mx-auto w-full max-w-[100rem] space-y-4 p-3 sm:p-5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="text-lg font-semibold tracking-tight">Usage</h1>
        <RangePicker range={view.range} zone={zone} onChange={(range) => change({ range })} />
        <Filters view={view} onChange={change} />
        <p className="text-xs text-ink-faint md:hidden">Times in {zone}</p>
      </div>
      {usage.isError && (
        <Failure
          what="The usage"
          error={usage.error}
          retry={usage.refetch}
          stale={usage.data !== undefined}
        />
      )}
      {usage.isPending && <Loading />}
      {usage.data && (
        <div
          className={`space-y-4 transition-opacity ${usage.isPlaceholderData ? 'opacity-55' : ''}`}
          aria-busy={usage.isPlaceholderData}
        >
          <p role="status" className="sr-only">
            {formatCount(usage.data.totals.calls)} calls, {describeRange(view.range)}
          </p>
          <Figures answer={usage.data} view={view} zone={zone} />
          {usage.data.totals.calls === 0 && <Nothing view={view} onChange={change} />}
        </div>
      )}
    </div>
  );
}

function Figures({ answer, view, zone }: { answer: UsageAnswer; view: ViewState; zone: string }) {
  const [measure, setMeasure] = useState<'calls' | 'cost'>('calls');
  return (
    <>
      <Tiles totals={answer.totals} previous={answer.previous} />
      {answer.totals.calls > 0 && (
        <>
          <div className="grid gap-4 lg:grid-cols-2">
            <CallsChart answer={answer} zone={zone} measure={measure} onMeasure={setMeasure} />
            <LatencyChart answer={answer} zone={zone} />
          </div>
          <ModelTable models={answer.models} view={view} />
          {answer.totals.failures > 0 && view.status === null && (
            <Link
              href={`/logs${writeView({ ...view, status: 'failure' })}`}
              className="inline-block text-accent hover:underline"
            >
              See the {formatCount(answer.totals.failures)} failed{' '}
              {answer.totals.failures === 1 ? 'call' : 'calls'}
            </Link>
          )}
        </>
      )}
    </>
  );
}

function Loading() {
  return (
    <>
      <p role="status" className="sr-only">
        Loading the usage…
      </p>
      <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6">
        {Array.from({ length: 6 }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the shapes are all alike and never move
          <Skeleton key={index} className="h-24" />
        ))}
      </div>
      <div className="grid gap-4 lg:grid-cols-2">
        <Skeleton className="h-64" />
        <Skeleton className="h-64" />
      </div>
      <Skeleton className="h-40" />
    </>
  );
}
