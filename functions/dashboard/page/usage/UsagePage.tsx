import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { Button } from '../../../_shared/ui/Button.tsx';
import { formatCount, localTimeZone } from '../../../_shared/ui/format.ts';
import type { UsageAnswer } from '../../api/usage.ts';
import { filterFields, filterNames, narrowsUsage, usagePart } from '../filter.ts';
import { Failure } from '../parts/Failure.tsx';
import { Filters, type FiltersProps } from '../parts/Filters.tsx';
import { Nothing } from '../parts/Nothing.tsx';
import { RangePicker } from '../parts/RangePicker.tsx';
import { Skeleton } from '../parts/Skeleton.tsx';
import { describeRange, resolveRange } from '../range.ts';
import { get } from '../server.ts';
import { writeView } from '../url-state.ts';
import { useView } from '../use-view.ts';
import { Breakdown, type BreakdownProps } from './Breakdown.tsx';
import { CallsChart, LatencyChart } from './charts.tsx';
import { Tiles } from './Tiles.tsx';

/** The chart follows the clock at this pace while the page is seen. */
const refreshMs = 15_000;

export function UsagePage() {
  const [view, change] = useView();
  const zone = useMemo(localTimeZone, []);
  const usage = useQuery({
    queryKey: ['usage', view.range, view.by, usagePart(view.filter), zone],
    queryFn: ({ signal }) => {
      const { from, to, step } = resolveRange(view.range, Date.now(), zone);
      const query = { from, to, step, tz: zone, by: view.by, ...usagePart(view.filter) };
      return get<UsageAnswer>('usage', query, signal);
    },
    placeholderData: keepPreviousData,
    refetchInterval: view.range.kind === 'relative' ? refreshMs : false,
  });

  return (
    <div className="mx-auto w-full max-w-[100rem] space-y-4 p-3 sm:p-5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="text-lg font-semibold tracking-tight">Usage</h1>
        <RangePicker range={view.range} zone={zone} onChange={(range) => change({ range })} />
        <div className="flex flex-wrap items-center gap-2">
          <Filters view={view} onChange={change} takes={narrowsUsage} />
        </div>
        <p className="text-xs text-ink-faint md:hidden">Times in {zone}</p>
      </div>
      <LogsOnly view={view} onChange={change} />
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
          <Figures answer={usage.data} view={view} zone={zone} onChange={change} />
          {usage.data.totals.calls === 0 && <Nothing view={view} onChange={change} />}
        </div>
      )}
    </div>
  );
}

/** Says which filters of the log have no say in the figures. */
function LogsOnly({ view, onChange }: FiltersProps) {
  const names = filterNames.filter(
    (name) => view.filter[name] !== undefined && !narrowsUsage(name),
  );
  if (names.length === 0) return null;
  return (
    <p className="flex flex-wrap items-center gap-x-2 text-ink-soft">
      The figures are not narrowed by{' '}
      {names.map((name) => filterFields[name].label.toLowerCase()).join(', ')}: only the log is.
      <Button look="quiet" onClick={() => onChange({ filter: usagePart(view.filter) })}>
        Drop {names.length === 1 ? 'it' : 'them'}
      </Button>
    </p>
  );
}

function Figures({ answer, view, zone, onChange }: BreakdownProps) {
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
          <Breakdown answer={answer} view={view} zone={zone} onChange={onChange} />
          {answer.totals.failures > 0 && view.filter.status === undefined && (
            <Link
              href={`/logs${writeView({ ...view, filter: { ...view.filter, status: 'failure' } })}`}
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
