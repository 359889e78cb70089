import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { UsageDimension } from '../../../_shared/store/usage.ts';
import { formatCompact, formatMoney } from '../../../_shared/ui/format.ts';
import { totalTokens } from '../../../_shared/units.ts';
import type { BreakdownAnswer, UsageAnswer } from '../../api/usage.ts';
import { nameOfDimension, nameOfValue } from '../dimensions.ts';
import { dimensions, usagePart } from '../filter.ts';
import { useKeyNames } from '../key-names.ts';
import { Failure } from '../parts/Failure.tsx';
import { Segments } from '../parts/Segments.tsx';
import { Skeleton } from '../parts/Skeleton.tsx';
import { barStarts } from '../range.ts';
import { get } from '../server.ts';
import type { ViewState } from '../url-state.ts';
import { breakdownSeries } from './breakdown-series.ts';
import { ChartCard } from './ChartCard.tsx';
import { RankTable } from './RankTable.tsx';

const measures = {
  cost: { name: 'Cost', of: (totals: Totals) => totals.cost_nanos, format: formatMoney },
  calls: { name: 'Calls', of: (totals: Totals) => totals.calls, format: formatCompact },
  tokens: {
    name: 'Tokens',
    of: (totals: Totals) => totalTokens(totals.tokens),
    format: formatCompact,
  },
};
type Totals = UsageAnswer['totals'];
type Measure = keyof typeof measures;
const measureNames = { cost: 'Cost', calls: 'Calls', tokens: 'Tokens' };
const dimensionNames = Object.fromEntries(
  dimensions.map((by) => [by, nameOfDimension(by)]),
) as Record<UsageDimension, string>;

export interface BreakdownProps {
  answer: UsageAnswer;
  view: ViewState;
  zone: string;
  onChange: (change: Partial<ViewState>) => void;
}

/** Usage by one dimension: the biggest over time, and a row for each. */
export function Breakdown({ answer, view, zone, onChange }: BreakdownProps) {
  const { by, ranks, totals } = answer;
  const keyName = useKeyNames(by === 'key_id' ? ranks.map(({ value }) => value) : []);
  return (
    <section aria-labelledby="breakdown" className="space-y-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <h2 id="breakdown" className="font-semibold">
          By {dimensionNames[by].toLowerCase()}
        </h2>
        <Segments
          label="Break down by"
          names={dimensionNames}
          chosen={view.by}
          onChoose={(chosen) => onChange({ by: chosen })}
        />
      </div>
      <BreakdownChart answer={answer} view={view} zone={zone} keyName={keyName} />
      <div className="rounded-lg border border-line bg-surface pt-1">
        <RankTable
          by={by}
          ranks={ranks}
          totals={totals}
          view={view}
          keyName={keyName}
          onChange={onChange}
        />
        {by === 'tag' && (
          <p className="px-4 pb-3 text-xs text-ink-faint">
            A call with several tags is counted in the row of each.
          </p>
        )}
      </div>
    </section>
  );
}

function BreakdownChart({
  answer,
  view,
  zone,
  keyName,
}: Omit<BreakdownProps, 'onChange'> & { keyName: (id: string) => string }) {
  const [measure, setMeasure] = useState<Measure>('cost');
  const { by, range, step } = answer;
  const breakdown = useQuery({
    queryKey: ['usage-breakdown', by, range, step, zone, view.filter],
    queryFn: ({ signal }) =>
      get<BreakdownAnswer>(
        'usage/breakdown',
        { ...range, step, tz: zone, by, ...usagePart(view.filter) },
        signal,
      ),
    placeholderData: keepPreviousData,
  });
  const { data } = breakdown;
  const starts = useMemo(
    () => data && barStarts({ ...data.range, step: data.step }, zone),
    [data, zone],
  );
  const nameOf = useCallback(
    (value: string) => nameOfValue(data?.by ?? by, value, keyName),
    [data, by, keyName],
  );
  const series = useMemo(
    () => data && starts && breakdownSeries(data, starts, measures[measure].of, nameOf),
    [data, starts, measure, nameOf],
  );
  if (breakdown.isError && !data) {
    return <Failure what="The chart" error={breakdown.error} retry={breakdown.refetch} />;
  }
  if (!data || !starts || !series) return <Skeleton className="h-64" />;
  const [biggest] = answer.ranks;
  return (
    <ChartCard
      title={`${measures[measure].name} over time`}
      summary={biggest ? `The costliest is ${nameOfValue(by, biggest.value, keyName)}.` : ''}
      shape={data.by === 'tag' ? 'lines' : 'bars'}
      starts={starts}
      range={data.range}
      step={data.step}
      series={series}
      format={measures[measure].format}
      whole={measure !== 'cost'}
    >
      <Segments
        label="What the chart by value shows"
        names={measureNames}
        chosen={measure}
        onChoose={setMeasure}
      />
    </ChartCard>
  );
}
