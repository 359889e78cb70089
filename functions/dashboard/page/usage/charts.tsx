import { useMemo, useState } from 'react';
import type { UsageTotals } from '../../../_shared/store/usage.ts';
import {
  formatCompact,
  formatCount,
  formatLatency,
  formatMoney,
} from '../../../_shared/ui/format.ts';
import type { UsageAnswer } from '../../api/usage.ts';
import { Segments } from '../parts/Segments.tsx';
import { barStarts } from '../range.ts';
import { statusLooks } from '../statuses.ts';
import { ChartCard } from './ChartCard.tsx';
import { valuesAt } from './series.ts';
import { barTime } from './times.ts';

interface ChartProps {
  answer: UsageAnswer;
  zone: string;
}

type Measure = 'calls' | 'cost';

const measures: Record<Measure, { name: string; format: (value: number) => string }> = {
  calls: { name: 'Calls', format: formatCompact },
  cost: { name: 'Cost', format: formatMoney },
};

const measureNames = { calls: 'Calls', cost: 'Cost' };

const succeeded = ({ calls, failures, interruptions }: UsageTotals) =>
  calls - failures - interruptions;

function useBars({ answer, zone }: ChartProps) {
  return useMemo(() => barStarts({ ...answer.range, step: answer.step }, zone), [answer, zone]);
}

/** Calls by status, or what they cost, over time. */
export function CallsChart({
  answer,
  zone,
  measure,
  onMeasure,
}: ChartProps & { measure: Measure; onMeasure: (measure: Measure) => void }) {
  const starts = useBars({ answer, zone });
  const series = useMemo(() => {
    const values = (of: (totals: UsageTotals) => number) => valuesAt(starts, answer.points, of, 0);
    if (measure === 'cost') {
      return [
        { label: 'Cost', variable: '--series-1', values: values((totals) => totals.cost_nanos) },
      ];
    }
    const { success, failure, interrupted } = statusLooks;
    return [
      { label: success.word, variable: success.variable, values: values(succeeded) },
      {
        label: interrupted.word,
        variable: interrupted.variable,
        values: values((totals) => totals.interruptions),
      },
      {
        label: failure.word,
        variable: failure.variable,
        values: values((totals) => totals.failures),
      },
    ];
  }, [measure, starts, answer]);

  const { totals } = answer;
  const summary =
    measure === 'calls'
      ? `${formatCount(totals.calls)} calls, of which ${formatCount(totals.failures)} failed and ${formatCount(totals.interruptions)} were interrupted.${busiest(answer, zone)}`
      : `${formatMoney(totals.cost_nanos)} in all.`;
  return (
    <ChartCard
      title={measures[measure].name}
      summary={summary}
      shape="bars"
      starts={starts}
      range={answer.range}
      step={answer.step}
      series={series}
      format={measures[measure].format}
      whole={measure === 'calls'}
    >
      <Segments
        label="What the chart shows"
        names={measureNames}
        chosen={measure}
        onChoose={onMeasure}
      />
    </ChartCard>
  );
}

function busiest({ points, step }: UsageAnswer, zone: string): string {
  const [first] = points.toSorted((a, b) => b.calls - a.calls);
  if (!first) return '';
  const minutes = { minute: 1, quarter_hour: 15, hour: 60, day: 1440 }[step];
  const span = barTime(first.start, first.start + minutes * 60_000, step);
  return ` Most came in ${span} (${zone}): ${formatCount(first.calls)}.`;
}

const timings = {
  latency_ms: 'Latency',
  time_to_first_token_ms: 'First token',
} as const;
const percentiles = [
  ['p50', '--series-1'],
  ['p95', '--series-2'],
  ['p99', '--series-3'],
] as const;

/** Latency, or the time to the first token, over time; a span without a sample is a gap. */
export function LatencyChart({ answer, zone }: ChartProps) {
  const [timing, setTiming] = useState<keyof typeof timings>('latency_ms');
  const starts = useBars({ answer, zone });
  const series = useMemo(
    () =>
      percentiles.map(([label, variable]) => ({
        label,
        variable,
        values: valuesAt(starts, answer.points, (totals) => totals[timing][label], null),
      })),
    [starts, answer, timing],
  );
  const { p50, p95, p99 } = answer.totals[timing];
  return (
    <ChartCard
      title={timings[timing]}
      summary={
        p50 === null
          ? 'No call has a time to show.'
          : `Half of the calls took up to ${formatLatency(p50)}, 95% up to ${formatLatency(p95)} and 99% up to ${formatLatency(p99)}.`
      }
      shape="lines"
      starts={starts}
      range={answer.range}
      step={answer.step}
      series={series}
      format={formatLatency}
    >
      <Segments
        label="Which time the chart shows"
        names={timings}
        chosen={timing}
        onChoose={setTiming}
      />
    </ChartCard>
  );
}
